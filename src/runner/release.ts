import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The release of this runner, as it was bundled. */
export async function readRelease(): Promise<string> {
  return (await readFile(path.join(import.meta.dirname, 'release'), 'utf8')).trim();
}
