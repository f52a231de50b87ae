import { rmSync, statSync } from 'node:fs';
import { packLimit } from '../../../jobs/ports/pack-sizes.ts';
import { JobFailure } from '../attempt/failure.ts';
import type { FileMover, StoredFile } from '../mover/file-mover.ts';
import { isFileName } from '../mover/protocol.ts';
import { LARGEST_LIST_BYTES, onItsOwnFrom, packName, roomOnDisk, SMALL_BYTES } from '../packs/pack-sizes.ts';
import { packTar } from '../packs/pack-tar.ts';
import { packZstd, packZstdOnce, ZSTD_SUFFIX } from '../physical/archive/zstd.ts';
import { followFile } from './follow-file.ts';
import { Inbox } from './inbox.ts';
import { isPlainRows, type PutFile, packAlone, packAsItIs, packTogether } from './packed-files.ts';

/** A file that leaves while it is still written. */
export interface LeavingFile {
  /** Nothing more will be written to it. */
  finish(): void;
}

/**
 * The files of an image on their way: given one by one as they are finished, or while they are written, sent in their turn and
 * removed. Small ones travel together, in packs, and where very many have gone on their own, larger ones in packs of theirs, so
 * that an image has some hundred blobs at most. Whatever the sizes, some MiB of them are in memory.
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
  /** The room that all that was sent takes where its packs are unpacked, and nothing else. */
  readonly unpackedBytes: number;
}

interface Waiting {
  readonly localPath: string;
  readonly name: string;
  readonly sizeBytes: number;
  isWhole: boolean;
}

/** Large files that are sent at a time, and packs of those of a middle size, beside the pack of small ones. */
const LANES = 2;
/** What lies nowhere and waits, at most. */
const PUT_BYTES_AT_MOST = 16 << 20;
/** And those that are followed while they are written. */
const FOLLOWED_AT_MOST = 8;

/** Rows and large objects. */
const DATA = /^databases\/\d+\/(?:\d+|blob_\d+)\.dat/;
/** What the files of an image go through on their way. */
export interface OutgoingOptions {
  readonly mover: Pick<FileMover, 'write'>;
  /** Of its own, for what is compressed before it is sent. It need not be there. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** Begins to send at once what it is given. */
export function createOutgoingFiles({ mover, directory, signal, onFailure }: OutgoingOptions): OutgoingFiles {
  const stored: StoredFile[] = [];
  const small = new Inbox<Waiting | PutFile>();
  const middle = new Inbox<Waiting>();
  const large = new Inbox<Waiting>();
  const followed = new Set<Promise<void>>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let [bytes, sentBytes, onTheirOwn, packs, unpackedBytes] = [0, 0, 0, 0, 0];
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
    close();
    onFailure(error);
  };
  const close = () => {
    for (const inbox of [small, middle, large]) inbox.close();
  };

  async function sendLarge(file: Waiting): Promise<void> {
    const isPlain = isPlainRows(file.name);
    const content = followFile({ path: file.localPath, isWhole: () => file.isWhole }, either);
    const name = isPlain ? file.name + ZSTD_SUFFIX : file.name;
    const sent = await mover.write(name, isPlain ? packZstdOnce(content) : content);
    stored.push(sent);
    unpackedBytes += roomOnDisk(sent.sizeBytes);
    sentBytes += statSync(file.localPath).size;
    rmSync(file.localPath);
  }

  async function laneOfLarge(): Promise<void> {
    for await (const file of large) await sendLarge(file);
  }

  /** What has been taken out of a pack's inbox is in the pack. */
  const onPacked = (file: Waiting | PutFile, sizeBytes: number) => {
    unpackedBytes += roomOnDisk(sizeBytes);
    if ('localPath' in file) {
      sentBytes += file.sizeBytes;
      return;
    }
    sentBytes += sizeBytes;
    putBytes -= sizeBytes;
    makeRoom();
  };

  async function laneOfSmall(): Promise<void> {
    for (let first = await small.next(); first !== null; first = await small.next()) {
      packs += 1;
      const members = packTogether(small, first, packLimit(packs), (file) => packAsItIs(file, either), onPacked);
      stored.push(await mover.write(packName(packs), packZstd(packTar(members))));
    }
  }

  async function laneOfMiddle(): Promise<void> {
    for (let first = await middle.next(); first !== null; first = await middle.next()) {
      packs += 1;
      const members = packTogether(
        middle,
        first,
        packLimit(packs),
        (file) => packAlone(file, directory, either),
        onPacked,
      );
      stored.push(await mover.write(packName(packs, false), packTar(members)));
    }
  }

  const lanes = [
    laneOfSmall(),
    ...Array.from({ length: LANES }, laneOfMiddle),
    ...Array.from({ length: LANES }, laneOfLarge),
  ].map((lane) => lane.catch(fail));

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
      const isData = DATA.test(name);
      const together = isData ? SMALL_BYTES : LARGEST_LIST_BYTES;
      if (file.sizeBytes < together) return small.put(file);
      if (file.sizeBytes < onItsOwnFrom(onTheirOwn)) return (isData ? middle : small).put(file);
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
      if (file.sizeBytes < onItsOwnFrom(onTheirOwn)) return null;
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
      close();
      await Promise.all([...lanes, ...followed]);
      if (failure !== null) throw failure.error;
      return stored;
    },
    stop: () => {
      stop.abort(new JobFailure('the image was given up'));
      close();
    },
    get bytes() {
      return bytes;
    },
    get sentBytes() {
      return sentBytes;
    },
    get unpackedBytes() {
      return unpackedBytes;
    },
  };
}
