import { availableParallelism } from 'node:os';
import type { Platform } from '../ports/platform/platform.ts';

const MIB = 1 << 20;
/** How large its databases are is a server's own word: it does not decide how long a job and its grant live. */
const LONGEST_SECONDS = 6.5 * 86_400;

/** How often a job that has not begun is given another grant, which lives from then on. */
export const RENEWAL_SECONDS = 600;

/** How long a job may take, how long it may be silent, and how much room it needs. */
export interface JobLimits {
  readonly deadlineSeconds: number;
  readonly stallSeconds: number;
  readonly grantSeconds: number;
  readonly scratchBytes: number;
}

/**
 * Limits from the size of the data. Deadline: half an hour, and the time for reading and writing it at 4 MiB/s, which is
 * slower than anything worth waiting for, and six and a half days at most. Silence: a quarter of an hour, and the time for
 * one pass over it at 20 MiB/s, since building an index says nothing while it runs. The grant outlives the deadline by some
 * minutes; a job that waits for others for longer is given another one. Scratch: all of it incompressible.
 */
export function jobLimits(dataBytes: number): JobLimits {
  const deadlineSeconds = Math.min(LONGEST_SECONDS, Math.ceil(1_800 + dataBytes / (4 * MIB)));
  return {
    deadlineSeconds,
    stallSeconds: Math.min(LONGEST_SECONDS / 2, Math.ceil(900 + dataBytes / (20 * MIB))),
    grantSeconds: deadlineSeconds + 2 * RENEWAL_SECONDS,
    scratchBytes: Math.ceil(dataBytes * 1.1) + 256 * MIB,
  };
}

/** How many tables a job works on at once: as many as this machine has processors, or what a job's pod is given. */
export function readParallelism({ kind }: Platform): string {
  return String(kind === 'local' ? Math.min(8, Math.max(2, availableParallelism())) : 4);
}
