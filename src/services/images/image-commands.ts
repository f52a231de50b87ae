import type { ImageCommands } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { requireImage } from '../commands/locked-records.ts';
import { createOncePerKey } from '../commands/once-per-key.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { writeImageChange, writeImageDeletion } from './change-image.ts';
import { requireAvailableMethod, writeNewImage } from './create-image.ts';

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
    update: (caller, input) =>
      once('updateImage', caller, input, {
        prepare: nothing,
        write: (tx) => writeImageChange(tx, input),
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
