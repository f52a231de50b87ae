import type { Database } from '../../db/database.ts';
import { type HeldLease, releaseLease, takeLease } from './leases.ts';

/** A duty that one process does for all; when that one dies another takes over within the lease's time. */
export interface Duty {
  /**
   * The lease if this process has the duty now, taken or renewed when it is time for that; null while another has it, or
   * when the database did not answer for so long that another may have it.
   */
  hold(): Promise<HeldLease | null>;
  /** Gives it up, so that another takes over at its next look. */
  release(): Promise<void>;
}

export interface DutyOptions {
  readonly database: Database;
  readonly name: string;
  /** Names this process. */
  readonly holder: string;
  /** Default 15 s. */
  readonly leaseMs?: number;
}

export function createDuty({ database, name, holder, leaseMs = 15_000 }: DutyOptions): Duty {
  let held: HeldLease | null = null;
  let heldUntil = 0;
  let lookAt = 0;

  return {
    async hold() {
      const now = performance.now();
      if (now < lookAt) return now < heldUntil ? held : null;
      lookAt = now + leaseMs / 3;
      try {
        held = await takeLease(database, { name, holder, forMs: leaseMs });
        heldUntil = held === null ? 0 : now + leaseMs;
      } catch (error) {
        if (performance.now() >= heldUntil) held = null;
        throw error;
      }
      return held;
    },

    async release() {
      const last = held;
      held = null;
      heldUntil = 0;
      lookAt = Number.POSITIVE_INFINITY;
      if (last !== null) await releaseLease(database, last);
    },
  };
}
