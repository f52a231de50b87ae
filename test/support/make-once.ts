import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from '../../src/machine/file-lock.ts';

/** Below the limit of a test's preparations, which would not say what they wait for. */
const WAIT_SECONDS = 560;

/**
 * Makes what all files of a run share, where it is not there; who comes meanwhile waits. `make` writes a file or a directory at the path
 * that it is given, which gets its name when it is whole: nobody finds half of it.
 */
export async function makeOnce(target: string, make: (unfinished: string) => Promise<unknown>): Promise<void> {
  if (existsSync(target)) return;
  await mkdir(path.dirname(target), { recursive: true });
  await withLock(`${target}.lock`, { waitSeconds: WAIT_SECONDS, busy: `${target} is not made in time` }, async () => {
    if (existsSync(target)) return;
    const unfinished = `${target}.new`;
    try {
      await make(unfinished);
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  });
}
