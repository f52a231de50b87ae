import { randomBytes } from 'node:crypto';
import { constants, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import { openPlainFile } from './line-reader.ts';

export interface WholeFileOptions {
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | null;
}

/** True for the name of what a death in the middle of `writeWholeFile` leaves behind. */
export function isUnfinished(name: string): boolean {
  return /\.[0-9a-f]{8}\.new$/.test(name);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes the file whole, or leaves the earlier one as it was: also when the process or the machine dies meanwhile. */
export async function writeWholeFile(target: string, content: string, options: WholeFileOptions): Promise<void> {
  const unfinished = `${target}.${randomBytes(4).toString('hex')}.new`;
  try {
    const file = await open(unfinished, 'wx', options.mode);
    try {
      await file.writeFile(content);
      await file.chmod(options.mode);
      // By the open file: whoever owns the directory could have put something else under the name by now.
      if (options.owner) await file.chown(options.owner.uid, options.owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, target);
    await syncDirectory(path.dirname(target));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** No file that is read whole is larger. */
const LARGEST_BYTES = 64 << 20;

/**
 * The text of a file that may be written by another user: a symbolic link, a pipe, and what is larger than any file that
 * is read so, are refused. Null when there is none.
 */
export async function readPlainFile(target: string, largestBytes = LARGEST_BYTES): Promise<string | null> {
  try {
    const file = await openPlainFile(target);
    if (file === null) return null;
    try {
      if ((await file.stat()).size > largestBytes) {
        throw Object.assign(new Error(`${target} is larger than it may be`), { code: 'EFBIG' });
      }
      if (largestBytes >= LARGEST_BYTES) return await file.readFile('utf8');
      // One that grows meanwhile is cut.
      const { buffer, bytesRead } = await file.read(Buffer.alloc(largestBytes), 0, largestBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Null when there is no such file. Throws when it is not what we write. */
export async function readJsonFile<T>(target: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readPlainFile(target);
  return text === null ? null : schema.parse(JSON.parse(text));
}

/** Writes an object as a state file of ours: whole, mode 0600. */
export async function writeJsonFile(target: string, value: unknown): Promise<void> {
  await writeWholeFile(target, `${JSON.stringify(value)}\n`, { mode: 0o600 });
}
