import { totalmem } from 'node:os';

const LEAST_BYTES = 2 ** 30;
const SHARE = 4;

/** What a job may have where nobody says so: a quarter of this machine's memory, or of this container's, and a GiB at least. */
export function defaultJobMemory(): number {
  const constrained = process.constrainedMemory();
  // Without a limit it is 0, or larger than any machine.
  const ours = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(LEAST_BYTES, Math.floor(ours / SHARE));
}
