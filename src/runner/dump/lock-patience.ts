import { finalFailure } from '../attempt/failure.ts';
import { describeRelease, describeWait, type LockWait } from '../catalogue/lock-waits.ts';
import type { SourceDatabase } from './source.ts';

/** With the last look and what ends the attempt, two minutes at most. */
export const LOCK_PATIENCE_SECONDS = 100;

/** Counts how long a dump has waited for a lock. */
export interface LockPatience {
  /** What it waits for now, in words; null when for nothing. Throws a final failure that names the holder when it is too long: he holds it for the next attempt as well. */
  take(waits: readonly LockWait[], now?: number): string | null;
}

export function createLockPatience({ name }: Pick<SourceDatabase, 'name'>, patienceMs: number): LockPatience {
  let since: number | null = null;
  return {
    take: (waits, now = performance.now()) => {
      const [first] = waits;
      if (first === undefined) {
        since = null;
        return null;
      }
      since ??= now;
      const seconds = Math.floor((now - since) / 1000);
      if (now - since >= patienceMs) {
        throw finalFailure(
          `the dump of database ${name.text} failed: it has waited ${seconds} s for ${describeWait(first)}. Free it with ${describeRelease(first)}`,
        );
      }
      return `waiting for ${describeWait(first)}`;
    },
  };
}
