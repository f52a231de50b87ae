import { randomBytes } from 'node:crypto';
import { chmod, lstat, rename, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { JobFailure } from '../attempt/failure.ts';
import { createLineSplitter } from '../programs/line-splitter.ts';
import type { FileMover, MoveProgress } from './file-mover.ts';
import { Answer, isFileName, LONGEST_LINE, Login, parseLine, Received, Stored, StreamToken } from './protocol.ts';

export interface MoverClientOptions {
  readonly socketPath: string;
  /** Where the mover takes files from: only plain files that lie in it directly. On the file system of `scratch`. */
  readonly exchange: string;
  readonly scratch: string;
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface MoverClient extends FileMover {
  /** Ends the connection; the mover ends by itself then. */
  close(): void;
}

const CONNECTING_MS = 30_000;
const anything = z.unknown();

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

async function open(socketPath: string, signal: AbortSignal): Promise<Socket> {
  const deadline = performance.now() + CONNECTING_MS;
  for (;;) {
    signal.throwIfAborted();
    const socket = connect(socketPath);
    const error = await new Promise<Error | null>((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', resolve);
    });
    if (error === null) return socket;
    if (performance.now() > deadline) {
      throw new JobFailure('the part of the job that moves files did not start', { cause: error });
    }
    await delay(20, undefined, { signal });
  }
}

/** A connection for one stream; what is sent on it are its bytes. */
async function openStream(socketPath: string, stream: string, signal: AbortSignal): Promise<Socket> {
  const socket = await open(socketPath, signal);
  // Its cause is told by the answer to the question.
  socket.on('error', () => undefined);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  socket.write(`${JSON.stringify({ stream })}\n`);
  return socket;
}

/** Waits while too much is on its way. When the other side has ended it, its answer says why. */
async function sendBytes(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.once('drain', go).once('close', go);
  });
}

/** The mover as the worker sees it. It connects when it is needed first. */
export function createMoverClient(options: MoverClientOptions): MoverClient {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(progress: MoveProgress) => void>();
  let connecting: Promise<Socket> | null = null;
  let questions = 0;
  let lost: JobFailure | null = null;

  const lose = () => {
    lost ??= new JobFailure('the part of the job that moves files has ended');
    for (const one of waiting.values()) one.reject(lost);
    waiting.clear();
  };

  const hear = (line: string) => {
    const answer = parseLine(Answer, line);
    if (answer === null) return;
    if (answer.say === 'progress') {
      const { stage, bytes, total } = answer;
      for (const listener of listeners) listener({ stage, bytes, total });
    } else if (answer.say === 'log') {
      options.log(answer.text);
    } else {
      const one = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.say === 'done') one?.resolve(answer.value);
      else one?.reject(new JobFailure(answer.message, { final: answer.final }));
    }
  };

  const socketOf = () => {
    connecting ??= open(options.socketPath, options.signal).then((socket) => {
      const splitter = createLineSplitter(hear, LONGEST_LINE * 64);
      socket.on('data', (chunk) => splitter.push(chunk));
      socket.on('error', lose);
      socket.on('close', lose);
      options.signal.addEventListener('abort', () => socket.destroy(), { once: true });
      return socket;
    });
    return connecting;
  };

  async function ask<T>(schema: z.ZodMiniType<T>, question: Readonly<Record<string, unknown>>): Promise<T> {
    const socket = await socketOf();
    if (lost !== null) throw lost;
    const id = questions;
    questions += 1;
    const value = await new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ ...question, id })}\n`);
    });
    return schema.parse(value);
  }

  const requireName = (name: string) => {
    if (!isFileName(name)) throw new JobFailure(`${JSON.stringify(name.slice(0, 80))} cannot be a file of an image`);
  };

  return {
    upload: async (localPath, name) => {
      requireName(name);
      const source = path.resolve(options.scratch, localPath);
      if (!(await lstat(source)).isFile()) throw new JobFailure(`${name} is no plain file`);
      const file = randomBytes(12).toString('hex');
      const given = path.join(options.exchange, file);
      await chmod(source, 0o640);
      await rename(source, given);
      try {
        return await ask(Stored, { ask: 'upload', file, name });
      } finally {
        await rm(given, { force: true });
      }
    },
    settle: async () => {
      await ask(anything, { ask: 'settle' });
    },
    receiveAll: () => ask(Received, { ask: 'receive', name: null }),
    receive: async (name) => {
      requireName(name);
      const [file] = await ask(Received, { ask: 'receive', name });
      if (file === undefined) throw new JobFailure(`${name} was not received`);
      return file;
    },
    release: async (name) => {
      requireName(name);
      await ask(anything, { ask: 'release', name });
    },
    write: async (name, content) => {
      requireName(name);
      const stream = await ask(StreamToken, { ask: 'write', name });
      const socket = await openStream(options.socketPath, stream, options.signal);
      let sizeBytes = 0;
      try {
        for await (const bytes of content) {
          if (socket.destroyed) break;
          sizeBytes += bytes.length;
          await sendBytes(socket, bytes);
        }
        socket.end();
        return await ask(Stored, { ask: 'written', stream, sizeBytes });
      } finally {
        socket.destroy();
      }
    },
    read: async function* ({ name, sizeBytes, sha256 }) {
      requireName(name);
      const stream = await ask(StreamToken, { ask: 'read', name, sizeBytes, sha256 });
      const socket = await openStream(options.socketPath, stream, options.signal);
      try {
        for await (const chunk of socket) yield chunk as Buffer;
        await ask(anything, { ask: 'wasRead', stream });
      } finally {
        socket.destroy();
      }
    },
    readToolVersion: async () => String(await ask(anything, { ask: 'version' })),
    readLogin: () => ask(Login, { ask: 'login' }),
    onProgress: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      connecting?.then((socket) => socket.destroy()).catch(() => undefined);
    },
  };
}
