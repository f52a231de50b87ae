import { readAvailableImage } from './images/image-to-restore.ts';
import { requireRunningSource } from './images/source-instance.ts';
import type { ImageInput, InstanceInput } from './inputs.ts';
import type { FailureRecord } from './ports/records.ts';
import type { Transaction } from './ports/transaction.ts';
import type { WorkflowServices } from './workflow/context.ts';

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

/** The same for a restore; also CONFLICT when its image is not AVAILABLE any more: trying again could not help. */
export async function reopenRestore(tx: Transaction, services: WorkflowServices, input: InstanceInput): Promise<void> {
  await reopenInstance(tx, services, input);
  await readAvailableImage(services, await services.instances.read(input.instanceId));
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

/** The same for an image; also CONFLICT when its source does not run any more. */
export async function reopenImage(
  tx: Transaction,
  { images, instances }: WorkflowServices,
  { imageId }: ImageInput,
): Promise<void> {
  await images.reopenCreation(tx, imageId);
  requireRunningSource(await instances.read((await images.read(imageId)).sourceInstanceId));
}
