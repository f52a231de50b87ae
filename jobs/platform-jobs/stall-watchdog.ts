import { AppError } from '../../schema/errors.ts';
import type { JobStatus } from '../ports/platform/jobs.ts';

/**
 * Throws STEP_FAILED when a running job has said nothing new for so long. The one who fails by it ends the job in its
 * compensation, so that the true cause is recorded first.
 *
 * What it says again is nothing new: a script that waits for a lock goes on saying how far it is.
 * Counted by this process, from when it first saw what was said last: the clock of the job's machine may be another, and
 * a clock that is set says nothing about work. Another worker that takes over counts anew; the job's deadline stands.
 */
export function createStallWatchdog(jobName: string, stallSeconds: number): (running: JobStatus) => void {
  let heard = '';
  let heardAt = 0;
  return ({ attempts, report }) => {
    const now = performance.now();
    const said = JSON.stringify([attempts, report]);
    if (said !== heard) {
      heard = said;
      heardAt = now;
    }
    if (now - heardAt < stallSeconds * 1000) return;
    const phase = report === null ? 'its start' : report.phase;
    const detail = report?.message ? ` (${report.message})` : '';
    throw new AppError(
      'STEP_FAILED',
      `No progress for ${Math.round(stallSeconds / 60)} minutes in ${phase}${detail}: the job ${jobName} was ended.`,
    );
  };
}
