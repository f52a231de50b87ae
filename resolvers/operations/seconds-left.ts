import type { OperationState } from '../../schema/states.ts';
import type { WeighedStep } from '../ports/records.ts';

/** How much of the work must have been done or measured before it says how fast the rest goes. */
const TELLING_SHARE = 0.1;

/**
 * The whole seconds that an operation has left over all its steps; null where that cannot be told: before it is under way,
 * when it is over or being taken back, and until a tenth of its work was done or is being measured.
 *
 * What a step itself expects goes first. The steps still to come are taken to go as fast, for their weight, as those
 * before them did.
 */
export function readSecondsLeft(state: OperationState, steps: readonly WeighedStep[], now: Date): number | null {
  if (state !== 'RUNNING') return null;
  let workSeconds = 0;
  let work = 0;
  let left = 0;
  let unmeasured = 0;
  for (const step of steps) {
    const { weight, progress, startedAt, finishedAt } = step;
    if (step.state === 'PENDING') unmeasured += weight;
    else if (step.state === 'SUCCEEDED' && startedAt !== null && finishedAt !== null) {
      work += weight;
      workSeconds += secondsBetween(startedAt, finishedAt);
    } else if (step.state === 'RUNNING') {
      if (progress?.secondsLeft == null || startedAt === null) unmeasured += weight;
      else {
        left += progress.secondsLeft;
        work += weight;
        workSeconds += secondsBetween(startedAt, now) + progress.secondsLeft;
      }
    }
  }
  if (unmeasured === 0) return Math.ceil(left);
  if (work < TELLING_SHARE * (work + unmeasured)) return null;
  return Math.ceil(left + (workSeconds / work) * unmeasured);
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1000);
}
