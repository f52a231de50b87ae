import { isDatabaseUnavailable } from '../db/errors.ts';
import { isNotUpYet } from '../db/unusable.ts';
import type { Logger } from '../log/logger.ts';
import { pause } from '../waiting/pause.ts';

const FIRST_MS = 250;
const LONGEST_MS = 4000;

export interface WaitOptions {
  /** As a line of the log names it. */
  readonly what: string;
  /** How long to try again; 0: not at all. */
  readonly waitMs: number;
  readonly log: Logger;
  /** Whether waiting may mend what it threw. Default: what is said of a server that is not up yet. */
  readonly mayPass?: (error: unknown) => boolean;
  /** Waits no longer when it is aborted, and throws what it says. */
  readonly signal?: AbortSignal | null;
}

function isOfServerNotUp(error: unknown): boolean {
  return isNotUpYet(error) || isDatabaseUnavailable(error);
}

/**
 * Does it again while what it needs is not up yet, since services that are started together (by compose, systemd, a node
 * that comes back) come up in any order. Says once for what it waits. Throws what the last try threw when the time is over,
 * and at once what no waiting mends: a refused login, an unknown database.
 */
export async function untilUp<T>(
  work: () => Promise<T>,
  { what, waitMs, log, mayPass = isOfServerNotUp, signal = null }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let pauseMs = FIRST_MS, said = false; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const left = deadline - performance.now();
      if (left <= 0 || !mayPass(error)) throw error;
      if (!said) log.info({ seconds: Math.ceil(left / 1000) }, `waiting for ${what}, which is not up yet`);
      said = true;
      signal?.throwIfAborted();
      await pause(Math.min(pauseMs, left), signal);
      signal?.throwIfAborted();
    }
  }
}
