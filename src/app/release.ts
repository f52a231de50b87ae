import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const Package = z.object({ version: z.string() });

/** The version of the package, as /health and the list of workers show it. */
export async function readRelease(): Promise<string> {
  const text = await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8');
  return Package.parse(JSON.parse(text)).version;
}
