import { constants, type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
/** A longer line is given in pieces, so that a file without line ends cannot fill the memory. */
const LONGEST_LINE_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

export interface ReadLine {
  readonly text: string;
  /** The offset behind it: where reading goes on. */
  readonly next: number;
}

/**
 * Opens a file that another user may have written; null when there is none. Never through a symbolic link, and never waits
 * for the other end of a pipe: what is no plain file is refused with EINVAL.
 */
export async function openPlainFile(target: string): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(target, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null || (await file.stat()).isFile()) return file;
  await file.close();
  throw Object.assign(new Error(`${target} is no plain file`), { code: 'EINVAL' });
}

/**
 * The lines from an offset to the present end, in bounded memory. What stands behind the last newline is kept back until
 * `last` says that no more will come.
 */
export async function* readLines(file: FileHandle, from: number, last: boolean): AsyncGenerator<ReadLine> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let pending = Buffer.alloc(0);
  let offset = from;
  for (let readTo = from; ; ) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, readTo);
    if (bytesRead === 0) break;
    readTo += bytesRead;
    pending = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (;;) {
      const newline = pending.indexOf(NEWLINE, start);
      const end = newline === -1 && pending.length - start >= LONGEST_LINE_BYTES ? pending.length : newline;
      if (end === -1) break;
      const consumed = newline === -1 ? end : end + 1;
      offset += consumed - start;
      yield { text: pending.toString('utf8', start, end), next: offset };
      start = consumed;
    }
    pending = pending.subarray(start);
  }
  if (last && pending.length > 0) yield { text: pending.toString('utf8'), next: offset + pending.length };
}

export interface TailStart {
  readonly offset: number;
  /** Lines that are missing to the number asked for: the file has fewer. */
  readonly missing: number;
}

/** Where the last `count` lines of a file begin, found from its end. */
export async function findTail(file: FileHandle, count: number): Promise<TailStart> {
  const { size } = await file.stat();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let wanted = count;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    for (let index = bytesRead - 1; index >= 0; index -= 1) {
      // The newline that ends the last line begins none.
      if (chunk[index] !== NEWLINE || start + index === size - 1) continue;
      wanted -= 1;
      if (wanted <= 0) return { offset: count === 0 ? size : start + index + 1, missing: 0 };
    }
    end = start;
  }
  if (count === 0) return { offset: size, missing: 0 };
  return { offset: 0, missing: size === 0 ? wanted : wanted - 1 };
}
