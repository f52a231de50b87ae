import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { ROOT } from './source-files.ts';

/** Bundles a program of the tests, as the launcher does the product's, once in a run; gives the file for Node to run. */
export async function bundledProgram(file: string): Promise<string> {
  const { name } = path.parse(file);
  const directory = `${inject('bundles')}-${name}`;
  const bundled = path.join(directory, `${name}.js`);
  if (!existsSync(bundled))
    await promisify(execFile)(process.execPath, [path.join(ROOT, 'src/bundle.mjs'), directory, file]);
  return bundled;
}
