import type { Json } from '../../../jobs/ports/json.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { OperationKind } from '../../../schema/states.ts';

/** What is to be run, and what else must not run beside it. */
export interface NewOperation {
  readonly kind: OperationKind;
  /** The name of the workflow; the queue picks the newest version that a live worker has. */
  readonly workflow: string;
  /** References only, never a secret: it is stored. */
  readonly input: Json;
  readonly instanceId: string | null;
  readonly imageId: string | null;
  /** False for one that leaves its instance as it is (a backup). */
  readonly excludesOnInstance: boolean;
  /** False for one that only reads its image (a restore). */
  readonly excludesOnImage: boolean;
  readonly requestedBy: string;
}

/** The way from a command to the workers. */
export interface OperationQueue {
  /** Writes operation, steps and queue job through the transaction; answers with the id. Nothing runs before the commit. */
  enqueue(tx: Transaction, request: NewOperation): Promise<string>;
  /** Twice is once. NOT_FOUND for an unknown operation, CONFLICT for one that is over. */
  cancel(operationId: string): Promise<void>;
  /** Back to QUEUED. CONFLICT when it is not FAILED, cannot be helped so, or what it reserved was taken meanwhile. */
  retry(operationId: string): Promise<void>;
}
