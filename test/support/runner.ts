import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { makeOnce } from './make-once.ts';
import { ROOT } from './source-files.ts';

const BUNDLER = path.join(ROOT, 'src/bundle-runner.mjs');

/** Bundles the runner, or one with programs of the tests, once in a run; gives its directory. */
export async function bundledRunner(entry = 'src/runner/main.ts'): Promise<string> {
  const directory = `${inject('bundles')}-runner-${path.parse(entry).name}`;
  await makeOnce(directory, async (unfinished) => {
    const program = `(await import(${JSON.stringify(BUNDLER)})).bundleRunner(${JSON.stringify(unfinished)}, ${JSON.stringify(entry)})`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', `await ${program}`]);
  });
  return directory;
}
