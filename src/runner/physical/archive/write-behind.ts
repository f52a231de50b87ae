import { type FileHandle, open } from 'node:fs/promises';
import type { MemberSink } from './read-tar.ts';

/** What waits to be written at most: whoever brings more waits. */
const BYTES_AT_MOST = 16 << 20;
/** Each holds a descriptor. */
const FILES_AT_MOST = 32;

/** Writes new files by other threads than that of whoever brings their bytes, several at once. */
export interface WriteBehind {
  /** A new file, which comes to be behind the caller. Its failure is thrown to whoever brings more. */
  create(place: string | Buffer, flags: string | number, mode: number): MemberSink;
  /**
   * Waits for the end of whoever brings the bytes, however that ends, and then until every file is closed. Throws what either
   * has failed with.
   */
  follow(reading: Promise<void>): Promise<void>;
}

/** `onWritten` is told of what was written. */
export function createWriteBehind(onWritten: (bytes: number) => void = () => undefined): WriteBehind {
  const files = new Set<{ readonly end: () => void; readonly closed: Promise<void> }>();
  const failures: unknown[] = [];
  let bytesWaiting = 0;
  let makeRoom: () => void = () => undefined;

  /** Nothing to wait for where there is room. */
  function room(): Promise<void> | undefined {
    if (failures.length > 0) throw failures[0];
    if (bytesWaiting <= BYTES_AT_MOST && files.size <= FILES_AT_MOST) return undefined;
    return new Promise<void>((resolve) => (makeRoom = resolve)).then(room);
  }

  const fail = (error: unknown) => {
    failures.push(error);
    makeRoom();
  };

  async function write(file: FileHandle | null, bytes: Uint8Array): Promise<void> {
    if (file === null || failures.length > 0) return;
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
    bytesWaiting -= bytes.length;
    onWritten(bytes.length);
    makeRoom();
  }

  return {
    create(place, flags, mode) {
      const closed = Promise.withResolvers<void>();
      let file: FileHandle | null = null;
      let isEnded = false;
      let last = open(place, flags, mode).then((opened) => {
        file = opened;
      }, fail);
      const one = {
        closed: closed.promise,
        end: () => {
          if (isEnded) return;
          isEnded = true;
          last
            .then(() => file?.close())
            .catch(fail)
            .finally(() => {
              files.delete(one);
              makeRoom();
              closed.resolve();
            });
        },
      };
      files.add(one);
      return {
        write: (bytes) => {
          bytesWaiting += bytes.length;
          last = last.then(() => write(file, bytes)).catch(fail);
          return room();
        },
        end: () => {
          one.end();
          return room();
        },
      };
    },
    async follow(reading) {
      await reading.catch((error: unknown) => failures.push(error));
      const left = [...files];
      for (const { end } of left) end();
      await Promise.all(left.map(({ closed }) => closed));
      if (failures.length > 0) throw failures[0];
    },
  };
}
