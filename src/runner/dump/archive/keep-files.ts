import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { CONTENTS } from '../contents.ts';
import type { DirectorySink } from './split-archive.ts';

/** Up to here a file is kept in memory. */
const SMALL_BYTES = 1 << 20;

/** Told of the files of a dump, one after the other; the next one waits. */
export interface KeptFiles {
  /** The table of contents lies in the directory; what its entries make without saying how. */
  onContents(gone: readonly string[]): Promise<void>;
  /** A small file, which lies nowhere. */
  onSmall(file: string, content: Buffer): Promise<void>;
  /** A large one, which lies in the directory, whole. */
  onLarge(file: string): Promise<void>;
}

/** Keeps small files of a dump in memory, and writes the table of contents and large files into a directory as they come. */
export interface FileKeeper extends DirectorySink {
  /** Nothing more comes, whatever is open. */
  close(): Promise<void>;
}

export function createFileKeeper(directory: string, kept: KeptFiles): FileKeeper {
  let grown: FileHandle | null = null;
  const close = async () => {
    await grown?.close();
    grown = null;
  };

  async function writeLarge(file: string, pieces: readonly Buffer[]): Promise<void> {
    grown ??= await open(path.join(directory, file), 'wx', 0o600);
    for (const bytes of pieces) {
      for (let at = 0; at < bytes.length; ) at += (await grown.write(bytes, at, bytes.length - at)).bytesWritten;
    }
  }

  return {
    openContents: () => ({
      async write(bytes) {
        if (grown === null) await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeLarge(CONTENTS, [bytes]);
      },
      async end(gone) {
        await close();
        await kept.onContents(gone);
      },
    }),
    open(file) {
      const pieces: Buffer[] = [];
      let size = 0;
      return {
        write(bytes) {
          size += bytes.length;
          pieces.push(bytes);
          return size <= SMALL_BYTES ? undefined : writeLarge(file, pieces.splice(0));
        },
        async end() {
          if (grown === null) return kept.onSmall(file, Buffer.concat(pieces, size));
          await close();
          await kept.onLarge(file);
        },
      };
    },
    close,
  };
}
