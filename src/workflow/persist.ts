import { isDatabaseUnavailable } from '../db/errors.ts';
import type { Logger } from '../log/logger.ts';
import { backoffMs } from '../waiting/backoff.ts';
import { pause } from '../waiting/pause.ts';
import { Interrupted } from './runs/run-control.ts';

/**
 * Does the work against the CMS database, again and again while that does not answer: an outage is no failure of a run.
 * Throws Interrupted when the run is lost meanwhile. The work must stand being done twice, since the answer to a commit
 * can be lost.
 */
export async function persist<T>(lost: AbortSignal, log: Logger, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      if (failures === 1) log.warn('the CMS database does not answer; runs wait for it');
    }
    await pause(backoffMs(failures, { delayMs: 100, maxDelayMs: 3000 }), lost);
    if (lost.aborted) throw new Interrupted('superseded');
  }
}
