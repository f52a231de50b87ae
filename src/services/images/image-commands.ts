import type { ImageCommands } from '../../../resolvers/ports/commands.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { writeImageChange, writeImageDeletion } from './change-image.ts';
import { chooseImageWorkflows, writeNewImage } from './create-image.ts';
import { writeVerification } from './verify-image.ts';

/** The commands on images; the same promises as the commands on instances. */
export function createImageCommands(dependencies: CommandDependencies): ImageCommands {
  const { gate } = dependencies;
  return {
    create: (caller, input) =>
      gate.run({
        mutation: 'createImage',
        caller,
        input,
        target: null,
        made: ({ imageId }) => imageId,
        prepare: async () => chooseImageWorkflows(input, dependencies),
        write: (admission, workflows) => writeNewImage(dependencies, admission, input, workflows),
      }),
    update: (caller, input) =>
      gate.run({
        mutation: 'updateImage',
        caller,
        input,
        target: input.imageId,
        write: (admission) => writeImageChange(admission, input),
      }),
    delete: (caller, input) =>
      gate.run({
        mutation: 'deleteImage',
        caller,
        input,
        target: input.imageId,
        write: (admission) => writeImageDeletion(dependencies, admission, input.imageId),
      }),
    verify: (caller, input) =>
      gate.run({
        mutation: 'verifyImage',
        caller,
        input,
        target: input.imageId,
        write: (admission) => writeVerification(dependencies, admission, input.imageId),
      }),
  };
}
