import type { Actor } from '../../schema/actor.ts';
import type { OperationKind } from '../../schema/states.ts';
import type { Json } from '../ports/json.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { Workflow } from './define-workflow.ts';

/** What an operation will work on, and whether it suffers company there. */
export interface Claim {
  readonly instanceId: string | null;
  readonly imageId: string | null;
  /** False for one that leaves its instance as it is (a backup). */
  readonly excludesOnInstance: boolean;
  /** False for one that only reads its image (a restore). */
  readonly excludesOnImage: boolean;
}

/** What is asked for, by whom, and what it will work on. */
export interface Order extends Claim {
  readonly kind: OperationKind;
  readonly actor: Actor;
}

/** The way from a command to the workers. All of it is written through the caller's transaction, or nothing is. */
export interface OperationQueue {
  /**
   * Writes the operation QUEUED, its steps, its first event and its queue job; answers with its id. It runs as the newest
   * version of the workflow that a live worker of this platform has announced, or of this release when none has. The input
   * holds references only, never a secret: it is stored.
   */
  enqueue<I extends Json>(tx: Transaction, workflow: Workflow<I>, input: NoInfer<I>, order: Order): Promise<string>;
  /**
   * Asks for the end of an operation, and keeps who asked first; again while it is CANCELLING is the same. NOT_FOUND;
   * CONFLICT when it is over.
   */
  cancel(tx: Transaction, operationId: string, actor: Actor): Promise<void>;
  /**
   * Puts a FAILED operation back to QUEUED as its next run; its event sequence goes on. NOT_FOUND; CONFLICT when it is
   * not FAILED, another operation is in the way, or what it reserved was taken meanwhile.
   */
  retry(tx: Transaction, operationId: string): Promise<void>;
}
