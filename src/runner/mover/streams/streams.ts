import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { giveBack } from '../../../machine/give-back.ts';
import { JobFailure } from '../../attempt/failure.ts';
import type { StoredFile, WantedFile } from '../file-mover.ts';
import { LONGEST_STREAM_LINE, parseLine, StreamLine } from '../protocol.ts';
import type { Sealing } from '../sealing.ts';
import { describeStoreError } from './blob-words.ts';
import { BLOCK_SIZES } from './block-sizes.ts';
import { getBlob } from './get-blob.ts';
import type { OpenBlob } from './open-place.ts';
import { putBlob } from './put-blob.ts';

/** Of a range of up to 4 MiB a store may take the MD5 before it sends it, which takes as long as all the rest. */
const RANGE_BYTES = 8 << 20;
const AT_ONCE = 4;
/** How many a worker may have open. */
const STREAMS_AT_MOST = 64;

export interface StreamsOptions {
  readonly sealing: Sealing;
  readonly openToWrite: () => Promise<OpenBlob>;
  readonly openToRead: () => Promise<OpenBlob>;
  readonly onSent: (bytes: number) => void;
  readonly onReceived: (bytes: number) => void;
}

/** Files that pass through the mover, from a connection to the store or back, and lie nowhere. */
export interface Streams {
  /** The token of a new stream: the bytes of the file are awaited on a connection that names it. */
  write(name: string): string;
  /** The worker has sent all, so much: only now the file comes to be. */
  written(token: string, sizeBytes: number): Promise<StoredFile>;
  read(file: WantedFile): string;
  /** Resolves when the file was what it must be. */
  wasRead(token: string): Promise<void>;
  /** A connection of whoever knows a token; any other is ended. */
  accept(socket: Socket): void;
  /** Nothing that is under way comes to be. */
  stop(): void;
}

interface OpenStream {
  take(socket: Socket): void;
  confirm(sizeBytes: number): void;
  readonly done: Promise<StoredFile | null>;
}

export function createStreams(options: StreamsOptions): Streams {
  const { sealing } = options;
  const streams = new Map<string, OpenStream>();
  const stop = new AbortController();

  function begin(work: (socket: Promise<Socket>, confirmed: Promise<number>) => Promise<StoredFile | null>): string {
    if (streams.size >= STREAMS_AT_MOST) throw new JobFailure('too many files are streamed at once');
    const socket = Promise.withResolvers<Socket>();
    const confirmed = Promise.withResolvers<number>();
    const token = randomBytes(16).toString('hex');
    const fail = () => {
      socket.reject(stop.signal.reason);
      confirmed.reject(stop.signal.reason);
    };
    stop.signal.addEventListener('abort', fail, { once: true });
    for (const { promise } of [socket, confirmed]) promise.catch(() => undefined);
    const done = work(socket.promise, confirmed.promise).finally(() => stop.signal.removeEventListener('abort', fail));
    // Told when it is asked for.
    done.catch(() => undefined);
    streams.set(token, { take: socket.resolve, confirm: confirmed.resolve, done });
    return token;
  }

  async function end(token: string, sizeBytes: number): Promise<StoredFile | null> {
    const stream = streams.get(token);
    if (stream === undefined) throw new JobFailure('there is no such stream');
    stream.confirm(sizeBytes);
    return stream.done.finally(() => streams.delete(token));
  }

  return {
    write: (name) =>
      begin(async (connecting, confirmed) => {
        const storedName = sealing.storedName(name);
        const blob = (await options.openToWrite())(storedName);
        const put = { blocks: BLOCK_SIZES, signal: stop.signal, onStored: options.onSent };
        try {
          const received = receiveAll(connecting, confirmed);
          const content = sealing.isEncrypted ? sealing.seal(received) : takenOnce(received);
          const stored = await putBlob(blob, content, put);
          return { name: storedName, ...stored };
        } catch (error) {
          connecting.then((socket) => socket.destroy()).catch(() => undefined);
          throw describeStoreError(error, storedName);
        }
      }),
    written: async (token, sizeBytes) => {
      const file = await end(token, sizeBytes);
      if (file === null) throw new JobFailure('there is no such stream');
      return file;
    },
    read: (file) =>
      begin(async (connecting) => {
        const name = sealing.storedName(file.name);
        const blob = (await options.openToRead())(name);
        const socket = await connecting;
        const get = { rangeBytes: RANGE_BYTES, rangesAtOnce: AT_ONCE, signal: stop.signal, onRead: options.onReceived };
        try {
          await sendAll(socket, sealing.open(getBlob(blob, { ...file, name }, get), name));
        } catch (error) {
          throw describeStoreError(error, name);
        } finally {
          socket.end();
        }
        return null;
      }),
    wasRead: async (token) => void (await end(token, 0)),
    accept: (socket) => {
      socket.on('error', () => socket.destroy());
      readFirstLine(socket).then(
        (line) => {
          const token = parseLine(StreamLine, line)?.stream;
          const stream = token === undefined ? undefined : streams.get(token);
          if (stream === undefined) socket.destroy();
          else stream.take(socket);
        },
        () => socket.destroy(),
      );
    },
    stop: () => {
      stop.abort(new JobFailure('the job was ended'));
      streams.clear();
    },
  };
}

/** The line that names the stream; what came behind it is put back. */
function readFirstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const hear = () => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(0x0a);
        if (end < 0 && head.length > LONGEST_STREAM_LINE) return leave(() => reject(new Error('no line')));
        if (end < 0) continue;
        if (end + 1 < head.length) socket.unshift(head.subarray(end + 1));
        return leave(() => resolve(head.toString('latin1', 0, end)));
      }
    };
    const close = () => leave(() => reject(new Error('closed')));
    const leave = (settle: () => void) => {
      socket.off('readable', hear).off('close', close);
      settle();
    };
    socket.on('readable', hear).once('close', close);
  });
}

/** All that was sent, and only if it is as much as the worker says: a worker that died leaves nothing that looks whole. */
async function* receiveAll(connecting: Promise<Socket>, confirmed: Promise<number>): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of await connecting) {
    received += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  const sizeBytes = await confirmed;
  if (received !== sizeBytes) throw new JobFailure(`a file was cut on its way: ${received} of ${sizeBytes} bytes came`);
}

/** For whoever holds nothing of a piece when it asks for the next. */
async function* takenOnce(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    yield piece;
    giveBack(piece);
  }
}

async function sendAll(socket: Socket, content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of content) {
    if (socket.destroyed) throw new JobFailure('the worker has left');
    if (socket.write(bytes)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.once('drain', go).once('close', go);
    });
  }
}
