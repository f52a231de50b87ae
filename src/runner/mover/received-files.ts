import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { JobFailure } from '../attempt/failure.ts';
import { isFileName } from './protocol.ts';

/** The names of what was received, in order. Throws a final JobFailure for what is no file of an image. */
export async function listReceived(directory: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const name = path.relative(directory, path.join(entry.parentPath, entry.name));
    if (!entry.isFile()) throw new JobFailure(`the image holds something that is no file: ${name}`, { final: true });
    if (!isFileName(name)) {
      throw new JobFailure(`the image holds a file that is none of its own: ${name}`, { final: true });
    }
    names.push(name);
  }
  return names.sort((a, b) => (a < b ? -1 : 1));
}
