import { describeWaiters, type LockWaiters } from '../catalogue/lock-waiters.ts';

/** Keeps who waits behind a dump, from look to look. */
export interface LockQueue {
  /** What is to be said of it now; null where nobody waits for a second. */
  take(waiters: LockWaiters | undefined): string | null;
  /** The most that were seen, and the longest of all; null where nobody waited for a second. */
  readonly worst: string | null;
}

export function createLockQueue(): LockQueue {
  let worst: LockWaiters | null = null;
  return {
    take: (waiters) => {
      // Who waits for less than a second has not noticed.
      if (waiters === undefined || waiters.longest.seconds < 1) return null;
      const longest = worst === null || waiters.longest.seconds >= worst.longest.seconds ? waiters : worst;
      worst = { sessions: Math.max(waiters.sessions, worst?.sessions ?? 0), longest: longest.longest };
      return describeWaiters(waiters, 'wait');
    },
    get worst() {
      return worst === null ? null : describeWaiters(worst, 'waited');
    },
  };
}
