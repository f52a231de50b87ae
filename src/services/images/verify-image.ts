import { randomBytes, randomUUID } from 'node:crypto';
import { findImageWorkflows } from '../../../jobs/image-workflows.ts';
import type { Accepted } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { insertDrill } from '../../stores/drills/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import type { Admission } from '../commands/gate.ts';
import { requireImage, requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { requireAvailable } from '../commands/require-state.ts';

/** What begins the name of a drill's server on the platform; the name of an instance may begin like it. */
const SERVER_NAME = 'drill';

/**
 * Begins a drill of an image, which is only read: it may be restored, or proven by others, at the same time. Throws
 * CONFLICT with the state of an image that is not AVAILABLE, UNAVAILABLE for a method that this release does not know.
 */
export async function writeVerification(
  { queue, platform }: CommandDependencies,
  admission: Admission,
  imageId: string,
): Promise<Accepted> {
  const { tx, caller } = admission;
  const image = await requireImage(admission, imageId);
  requireOwnPlatform(admission, 'image', image);
  await requireAvailable(tx, image, 'verified');
  const workflows = findImageWorkflows(image.method);
  if (workflows === null) {
    throw new AppError(
      'UNAVAILABLE',
      `This release cannot restore, and so not verify, images of the method ${image.method}.`,
    );
  }
  const claim = { instanceId: null, imageId: image.id, excludesOnInstance: false, excludesOnImage: false };
  await requireFree(tx, claim);
  const drillId = randomUUID();
  const order = { ...claim, kind: 'VERIFY_IMAGE', actor: caller } as const;
  const operationId = await queue.enqueue(tx, workflows.prove[image.imageType], { drillId }, order);
  await insertDrill(tx, {
    id: drillId,
    imageId: image.id,
    sourceInstanceId: image.sourceInstanceId,
    operationId,
    platform: platform.id,
    namespace: platform.namespaces[0] ?? '',
    resourceName: `${SERVER_NAME}-${randomBytes(4).toString('hex')}`,
  });
  return { instanceId: null, imageId: image.id, operationId, drillId, notices: [] };
}
