import type { FailureRecord } from '../ports/records.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { WorkflowServices } from '../workflow/context.ts';
import type { ImageInput, InstanceInput } from './inputs.ts';

/** Ends a creation that never completed: the record stays with its error, the name is free. */
export function settleInstanceFailed(
  tx: Transaction,
  { instances }: WorkflowServices,
  { instanceId }: InstanceInput,
  failure: FailureRecord,
): Promise<void> {
  return instances.markFailed(tx, instanceId, failure);
}

/** Reserves name and DNS label again; CONFLICT when somebody holds them now. */
export function reopenInstance(
  tx: Transaction,
  { instances }: WorkflowServices,
  { instanceId }: InstanceInput,
): Promise<void> {
  return instances.reopenCreation(tx, instanceId);
}

/** The same for an image. */
export function settleImageFailed(
  tx: Transaction,
  { images }: WorkflowServices,
  { imageId }: ImageInput,
  failure: FailureRecord,
): Promise<void> {
  return images.markFailed(tx, imageId, failure);
}

/** The same for an image. */
export function reopenImage(tx: Transaction, { images }: WorkflowServices, { imageId }: ImageInput): Promise<void> {
  return images.reopenCreation(tx, imageId);
}
