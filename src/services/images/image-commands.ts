import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Accepted, Caller, ImageCommands } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { beginImageDeletion } from '../../stores/images/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { requireImage, requireOwnPlatform } from '../commands/locked-records.ts';
import { createOncePerKey } from '../commands/once-per-key.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { requireAvailableMethod, writeNewImage } from './create-image.ts';

/**
 * Begins the deletion of an image, from any state: the worker removes its blobs first. A FAILED record stays FAILED until
 * it is DELETED, as an instance's does.
 */
async function writeImageDeletion(
  { platform, queue }: CommandDependencies,
  tx: Transaction,
  caller: Caller,
  imageId: string,
): Promise<Accepted> {
  const image = await requireImage(tx, imageId);
  requireOwnPlatform('image', image, platform);
  if (image.state === 'DELETED') {
    throw new AppError('CONFLICT', `The image "${image.name}" is DELETED already: there is nothing to do.`);
  }
  const claim = { instanceId: null, imageId: image.id, excludesOnInstance: false, excludesOnImage: true };
  await requireFree(tx, claim);
  if (image.state !== 'FAILED') await beginImageDeletion(tx, image.id);
  const operationId = await queue.enqueue(tx, {
    ...claim,
    kind: 'DELETE_IMAGE',
    workflow: 'delete-image',
    input: { imageId: image.id },
    requestedBy: caller.name,
  });
  return { instanceId: null, imageId: image.id, operationId, notices: [] };
}

const nothing = async () => undefined;

/** The commands on images; the same promises as the commands on instances. */
export function createImageCommands(dependencies: CommandDependencies): ImageCommands {
  const once = createOncePerKey(dependencies.database, dependencies.secrets);
  return {
    create: (caller, input) =>
      once('createImage', caller, input, {
        prepare: async () => requireAvailableMethod(input),
        write: (tx) => writeNewImage(dependencies, tx, caller, input),
      }),
    delete: (caller, input) =>
      once('deleteImage', caller, input, {
        prepare: nothing,
        write: (tx) => writeImageDeletion(dependencies, tx, caller, input.imageId),
      }),
    verify: (caller, input) =>
      once('verifyImage', caller, input, {
        prepare: nothing,
        write: async (tx) => {
          await requireImage(tx, input.imageId);
          throw new AppError(
            'UNAVAILABLE',
            'Verifying an image by a trial restore is not available yet: restore it with createInstance(sourceImageId) ' +
              'and look at what it holds.',
          );
        },
      }),
  };
}
