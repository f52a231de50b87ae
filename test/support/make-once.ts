import { existsSync } from 'node:fs';
import { withLock } from '../../src/machine/file-lock.ts';

const WAIT_SECONDS = 300;

/** Makes what all files of a run share, where it is not there; who comes meanwhile waits. `sign`: what is there when it is whole. */
export async function makeOnce(sign: string, make: () => Promise<unknown>): Promise<void> {
  if (existsSync(sign)) return;
  await withLock(`${sign}.lock`, { waitSeconds: WAIT_SECONDS, busy: `${sign} is not made in time` }, async () => {
    if (!existsSync(sign)) await make();
  });
}
