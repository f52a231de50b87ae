import { statfs } from 'node:fs/promises';
import type { Attempt } from './attempt.ts';
import { finalFailure } from './failure.ts';
import { describeTooLittle, requireRoom } from './require-room.ts';

/** A job of a cluster ends when it takes more of a node's disk than it was given, whatever that has; this says how much it is. */
const LIMIT = 'TOYGRES_SCRATCH_BYTES';

type Ground = Pick<Attempt, 'scratch' | 'parameters'>;

function limitOf({ parameters }: Ground): number {
  const text = parameters[LIMIT] ?? '';
  if (text === '') return Number.POSITIVE_INFINITY;
  if (/^[1-9][0-9]{0,15}$/.test(text)) return Number(text);
  throw finalFailure(`parameter ${LIMIT} is not understood`);
}

/** What may be written to the scratch directory of a job that has just begun: as much as the disk has, and the job may take. */
export async function scratchRoom(attempt: Ground): Promise<number> {
  const { bavail, bsize } = await statfs(attempt.scratch);
  return Math.min(bavail * bsize, limitOf(attempt));
}

/** Throws a final failure where less may be written there than will be needed, as `requireRoom` does. */
export async function requireScratch(attempt: Ground, neededBytes: number, what: string): Promise<void> {
  await requireRoom(attempt.scratch, neededBytes, what);
  const limit = limitOf(attempt);
  if (limit >= neededBytes) return;
  throw finalFailure(describeTooLittle(what, neededBytes, `the job may take ${Math.floor(limit / 2 ** 20)} MiB`));
}
