import { readFileSync, rmSync, statSync } from 'node:fs';
import { JobFailure } from '../attempt/failure.ts';
import type { FileMover, StoredFile } from '../mover/file-mover.ts';
import { isFileName } from '../mover/protocol.ts';
import { packLimit, packName, smallBelow } from '../packs/pack-sizes.ts';
import { type PackedFile, packTar } from '../packs/pack-tar.ts';
import { packZstd, ZSTD_SUFFIX } from '../physical/archive/zstd.ts';
import { followFile } from './follow-file.ts';
import { Inbox } from './inbox.ts';

/** A file that leaves while it is still written. */
export interface LeavingFile {
  /** Nothing more will be written to it. */
  finish(): void;
}

/**
 * The files of an image on their way: given one by one as they are finished, or while they are written, sent in their turn and
 * removed. Small ones travel together, in packs, so that an image has some hundred blobs at most.
 */
export interface OutgoingFiles {
  /** Gives a finished file away. What fails is thrown by `sent`, and told to `onFailure` at once. */
  give(localPath: string, name: string): void;
  /** Gives a small file that lies nowhere. Resolves when there is room for more. */
  put(name: string, content: Buffer): Promise<void>;
  /** The same for a file that is still written; null while as many leave as may at once: then it is given when it is finished. */
  follow(localPath: string, name: string): LeavingFile | null;
  /** Resolves with what is stored when all that was given is there. Nothing may be given afterwards. */
  sent(): Promise<readonly StoredFile[]>;
  /** Nothing is sent any more. */
  stop(): void;
  /** Bytes of all files that were given, as they lay here. */
  readonly bytes: number;
  readonly sentBytes: number;
}

/** A file that lies nowhere. */
interface Content {
  readonly name: string;
  readonly content: Buffer;
}

interface Waiting {
  readonly localPath: string;
  readonly name: string;
  readonly sizeBytes: number;
  isWhole: boolean;
}

/** Large files that are sent at a time, beside the pack. */
const LANES = 2;
/** What lies nowhere and waits, at most. */
const PUT_BYTES_AT_MOST = 16 << 20;
/** And those that are followed while they are written. */
const FOLLOWED_AT_MOST = 8;

/** Rows and large objects. */
const DATA = /^databases\/\d+\/(?:\d+|blob_\d+)\.dat/;
/** Tables of contents and what else is no data goes into a pack up to here, where it is compressed; it is read as a whole anyway. */
const LARGEST_LIST_BYTES = 32 << 20;
/** What is compressed on its way alone: rows and large objects that pg_dump wrote as they are. A pack is compressed as a whole. */
const PLAIN_DATA = /^databases\/\d+\/(?:\d+|blob_\d+)\.dat$/;

export function createOutgoingFiles(
  mover: Pick<FileMover, 'write'>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): OutgoingFiles {
  const stored: StoredFile[] = [];
  const small = new Inbox<Waiting | Content>();
  const large = new Inbox<Waiting>();
  const followed = new Set<Promise<void>>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let [bytes, sentBytes, onTheirOwn, packs] = [0, 0, 0, 0];
  let failure: { readonly error: unknown } | null = null;
  let putBytes = 0;
  const waitingForRoom = new Set<() => void>();
  const makeRoom = () => {
    for (const go of waitingForRoom) go();
    waitingForRoom.clear();
  };
  either.addEventListener('abort', makeRoom, { once: true });

  const fail = (error: unknown) => {
    if (failure !== null) return;
    failure = { error };
    stop.abort(error);
    small.close();
    large.close();
    onFailure(error);
  };

  async function sendLarge(file: Waiting): Promise<void> {
    const isPlain = PLAIN_DATA.test(file.name);
    const content = followFile({ path: file.localPath, isWhole: () => file.isWhole }, either);
    const name = isPlain ? file.name + ZSTD_SUFFIX : file.name;
    stored.push(await mover.write(name, isPlain ? packZstd(content) : content));
    sentBytes += statSync(file.localPath).size;
    rmSync(file.localPath);
  }

  async function laneOfLarge(): Promise<void> {
    for await (const file of large) await sendLarge(file);
  }

  async function* packed(limit: number, first: Waiting | Content): AsyncGenerator<PackedFile> {
    let inPack = 0;
    for (let file: Waiting | Content | null = first; file !== null; file = inPack < limit ? await small.next() : null) {
      const content = 'content' in file ? file.content : readFileSync(file.localPath);
      yield { name: file.name, content };
      inPack += content.length;
      sentBytes += content.length;
      if ('localPath' in file) rmSync(file.localPath);
      else {
        putBytes -= content.length;
        makeRoom();
      }
    }
  }

  async function laneOfSmall(): Promise<void> {
    for (let first = await small.next(); first !== null; first = await small.next()) {
      packs += 1;
      stored.push(await mover.write(packName(packs), packZstd(packTar(packed(packLimit(packs), first)))));
    }
  }

  const lanes = [laneOfSmall(), ...Array.from({ length: LANES }, laneOfLarge)].map((lane) => lane.catch(fail));

  function requireFileName(name: string): void {
    if (isFileName(name)) return;
    throw new JobFailure(`the image holds a file that is none of its own: ${name}`, { final: true });
  }

  function waitingFor(localPath: string, name: string, isWhole: boolean): Waiting {
    requireFileName(name);
    const facts = statSync(localPath);
    if (!facts.isFile()) throw new JobFailure(`the image holds something that is no file: ${name}`, { final: true });
    return { localPath, name, sizeBytes: facts.size, isWhole };
  }

  return {
    give: (localPath, name) => {
      const file = waitingFor(localPath, name, true);
      bytes += file.sizeBytes;
      const isList = !DATA.test(name) && file.sizeBytes <= LARGEST_LIST_BYTES;
      if (isList || file.sizeBytes < smallBelow(onTheirOwn)) return small.put(file);
      onTheirOwn += 1;
      large.put(file);
    },
    put: async (name, content) => {
      requireFileName(name);
      bytes += content.length;
      putBytes += content.length;
      small.put({ name, content });
      while (putBytes > PUT_BYTES_AT_MOST && !either.aborted) {
        await new Promise<void>((resolve) => waitingForRoom.add(resolve));
      }
    },
    follow: (localPath, name) => {
      if (failure !== null || followed.size >= FOLLOWED_AT_MOST) return null;
      const file = waitingFor(localPath, name, false);
      if (file.sizeBytes < smallBelow(onTheirOwn)) return null;
      onTheirOwn += 1;
      const sending: Promise<void> = sendLarge(file)
        .catch(fail)
        .finally(() => followed.delete(sending));
      followed.add(sending);
      return {
        finish: () => {
          if (!file.isWhole) bytes += statSync(localPath).size;
          file.isWhole = true;
        },
      };
    },
    sent: async () => {
      small.close();
      large.close();
      await Promise.all([...lanes, ...followed]);
      if (failure !== null) throw failure.error;
      return stored;
    },
    stop: () => {
      stop.abort(new JobFailure('the image was given up'));
      small.close();
      large.close();
    },
    get bytes() {
      return bytes;
    },
    get sentBytes() {
      return sentBytes;
    },
  };
}
