import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { makeOnce } from './make-once.ts';
import { ROOT } from './source-files.ts';

/** Bundles a program of the tests, as the launcher does the product's, once in a run; gives the file for Node to run. */
export async function bundledProgram(file: string): Promise<string> {
  const { name } = path.parse(file);
  const directory = `${inject('bundles')}-${name}`;
  const bundler = path.join(ROOT, 'src/bundle.mjs');
  await makeOnce(directory, (unfinished) => promisify(execFile)(process.execPath, [bundler, unfinished, file]));
  return path.join(directory, `${name}.js`);
}
