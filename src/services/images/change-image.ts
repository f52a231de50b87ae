import { deleteImage } from '../../../jobs/delete-image.ts';
import { requireUnprotectedImage } from '../../../jobs/images/require-unprotected-image.ts';
import type { Accepted, UpdateImage } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { applyLabelChange } from '../../../schema/rules/label-rules.ts';
import { beginImageDeletion, changeImage } from '../../stores/images/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import type { Admission } from '../commands/gate.ts';
import { requireImage, requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';

/** Changes labels, description, protection and expiry at once: no worker is needed for that. */
export async function writeImageChange(admission: Admission, input: UpdateImage): Promise<Accepted> {
  const image = await requireImage(admission, input.imageId);
  if (image.state === 'DELETED' || image.state === 'DELETING') {
    throw new AppError('CONFLICT', `The image "${image.name}" is ${image.state}: it cannot be changed any more.`);
  }
  await changeImage(admission.tx, image.id, {
    labels: applyLabelChange(image.labels, input),
    description: input.description?.to,
    protected: input.protected ?? undefined,
    expiresAt: input.expiresAt?.to,
  });
  return { instanceId: null, imageId: image.id, operationId: null, notices: [] };
}

/**
 * Begins the deletion of an image, from any state: the worker removes its blobs first. A FAILED record stays FAILED until
 * it is DELETED, as an instance's does.
 */
export async function writeImageDeletion(
  { queue }: CommandDependencies,
  admission: Admission,
  imageId: string,
): Promise<Accepted> {
  const { tx, caller } = admission;
  const image = await requireImage(admission, imageId);
  requireOwnPlatform(admission, 'image', image);
  if (image.state === 'DELETED') {
    throw new AppError('CONFLICT', `The image "${image.name}" is DELETED already: there is nothing to do.`);
  }
  requireUnprotectedImage(image);
  const claim = { instanceId: null, imageId: image.id, excludesOnInstance: false, excludesOnImage: true };
  await requireFree(tx, claim);
  if (image.state !== 'FAILED') await beginImageDeletion(tx, image.id);
  const operationId = await queue.enqueue(
    tx,
    deleteImage,
    { imageId: image.id },
    { ...claim, kind: 'DELETE_IMAGE', actor: caller },
  );
  return { instanceId: null, imageId: image.id, operationId, notices: [] };
}
