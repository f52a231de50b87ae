import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../schema/errors.ts';

const SOURCE = path.join(import.meta.dirname, '../bundle-runner.mjs');
const ENTRY = 'main.mjs';

/**
 * The directory of the program that runs beside the data: beside our own bundle, or made anew below the state directory
 * where we run from the sources. Throws UNAVAILABLE when it is in neither.
 */
export async function findRunner(stateDirectory: string): Promise<string> {
  const bundled = path.join(import.meta.dirname, 'runner');
  if (existsSync(path.join(bundled, ENTRY))) return bundled;
  const target = path.join(stateDirectory, 'runner');
  const unfinished = `${target}.${crypto.randomUUID()}`;
  const program = `await (await import(${JSON.stringify(SOURCE)})).bundleRunner(${JSON.stringify(unfinished)})`;
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    // Jobs run from copies of their own.
    await rm(target, { recursive: true, force: true });
    await rename(unfinished, target);
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'The program that jobs run cannot be bundled: run npm ci.', { cause });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return target;
}
