import type { Transaction } from '../../jobs/ports/transaction.ts';
import type { ImageMethod } from '../../schema/states.ts';

/** The schedule that does something. */
export interface ActingSchedule {
  readonly id: string;
  readonly name: string;
}

/** What a command brought about. */
export interface Begun {
  readonly imageId: string;
  readonly operationId: string;
}

/** What is done in the transaction of a command: before anything else, and when all of it is written. */
export interface Within {
  /** False: it is not wanted any more, and nothing is done. */
  claim(tx: Transaction): Promise<boolean>;
  record(tx: Transaction, begun: Begun): Promise<void>;
}

/**
 * What schedules have done, by the same commands as callers and under the same rules: each is one transaction that `within`
 * is part of. Throw what those commands throw, with nothing written.
 */
export interface ScheduledWork {
  takeImage(
    actor: ActingSchedule,
    order: { readonly instanceId: string; readonly name: string; readonly method: ImageMethod },
    within: Within,
  ): Promise<void>;
  /** Begins a drill of an image. */
  proveImage(actor: ActingSchedule, imageId: string, within: Within): Promise<void>;
  /** Begins the deletion of an image that no rule wants any more, in the name of the server. */
  removeImage(imageId: string, within: Within): Promise<void>;
}
