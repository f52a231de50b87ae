import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The release of this checkout. The path holds from here and from a bundle, which lies as deep. */
export async function readVersion(): Promise<string> {
  const text = await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}
