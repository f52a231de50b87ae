/**
 * Why a run does not go on here. `superseded`: another worker has it, say nothing more. `cancelled` and `failed`: turn to
 * the compensation. `stopping`: hand it back as it is.
 */
export type Interruption = 'superseded' | 'cancelled' | 'failed' | 'stopping';

/** Unwinds a story; nothing went wrong in it. */
export class Interrupted extends Error {
  readonly reason: Interruption;

  constructor(reason: Interruption) {
    super(`the run is ${reason}`);
    this.name = 'Interrupted';
    this.reason = reason;
  }
}

/** The way of a run in one direction, forward or back. */
export interface Phase {
  readonly reason: Interruption | null;
  /** Aborted when nothing more may begin: waits end. */
  readonly halted: AbortSignal;
  /** Aborted when also what is in hand should end. */
  readonly aborted: AbortSignal;
  /** Throws Interrupted when nothing more may begin. */
  check(): void;
}

/** What the worker and the engine tell a run that is in hand. */
export interface RunControl {
  readonly forward: Phase;
  /** A compensation is not cancelled. */
  readonly backward: Phase;
  /** Aborted when the records are no longer this attempt's to write. */
  readonly lost: AbortSignal;
  supersede(): void;
  cancel(): void;
  fail(): void;
  /** Lets the step in hand end and begins no other. */
  stopSoon(): void;
  stopNow(): void;
}

export function createRunControl(): RunControl {
  const forward = createPhase();
  const backward = createPhase();
  const lost = new AbortController();
  const both = (reason: Interruption, hard: boolean) => {
    forward.interrupt(reason, hard);
    backward.interrupt(reason, hard);
  };
  return {
    forward,
    backward,
    lost: lost.signal,
    supersede() {
      both('superseded', true);
      lost.abort();
    },
    cancel: () => forward.interrupt('cancelled', true),
    fail: () => forward.interrupt('failed', true),
    stopSoon: () => both('stopping', false),
    stopNow() {
      both('stopping', true);
      lost.abort();
    },
  };
}

function createPhase(): Phase & { interrupt(reason: Interruption, hard: boolean): void } {
  const halt = new AbortController();
  const abort = new AbortController();
  let reason: Interruption | null = null;
  return {
    get reason() {
      return reason;
    },
    halted: halt.signal,
    aborted: abort.signal,
    check() {
      if (reason !== null) throw new Interrupted(reason);
    },
    interrupt(why, hard) {
      // The first reason stands, but who was superseded has nothing more to say whatever came before.
      if (reason === null || why === 'superseded') reason = why;
      halt.abort();
      if (hard) abort.abort(new Interrupted(reason));
    },
  };
}
