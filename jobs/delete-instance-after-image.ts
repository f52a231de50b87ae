import { readImageFacts } from './images/build-manifest.ts';
import type { ImageMethod } from './images/image-method.ts';
import { LOGICAL } from './images/logical/logical-method.ts';
import { takeImage, takingSteps, undoTaking } from './images/take-image.ts';
import { FinalImageInput } from './inputs.ts';
import { reopenImage } from './records-at-end.ts';
import { REMOVAL_STEPS, removeInstance } from './servers/remove-instance.ts';
import { requireUnprotected } from './servers/require-unprotected.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';
import { scaleSteps } from './workflow/scale-steps.ts';

/**
 * Takes a last image, and only when that is AVAILABLE removes the server. What fails or is cancelled before leaves the server
 * as it is, and no image; what fails afterwards is as with every deletion, and the image stays.
 */
const deleteInstanceAfterImageBy = <S extends string>(method: ImageMethod<S>) =>
  defineWorkflow('delete-instance-after-image', '1.0.0', FinalImageInput)
    .steps({
      ...scaleSteps(takingSteps(method), 0.5),
      'Mark the image available': 0.5,
      ...scaleSteps(REMOVAL_STEPS, 0.5),
    })
    .onFailure({
      async undo(context, { imageId }) {
        if ((await context.images.read(imageId)).state === 'CREATING') await undoTaking(context, imageId);
      },
      async settle(tx, { images, instances }, { imageId, instanceId }, failure) {
        if ((await images.read(imageId)).state === 'CREATING') await images.markFailed(tx, imageId, failure);
        else await instances.setFailure(tx, instanceId, failure);
      },
      async reopen(tx, services, { imageId, instanceId }) {
        const instance = await services.instances.read(instanceId);
        if (instance.state !== 'DELETING') requireUnprotected(instance);
        if ((await services.images.read(imageId)).state === 'FAILED') await reopenImage(tx, services, { imageId });
      },
    })
    .run(async (context, { imageId, instanceId }) => {
      const { step, images, instances } = context;
      // A run that is taken up again after a failed removal has its image.
      if ((await images.read(imageId)).state === 'CREATING') {
        await takeImage(context, method, imageId);
        await step.commit('Mark the image available', async (tx) => {
          await images.markAvailable(tx, imageId, await readImageFacts(context, imageId));
          await instances.markDeleting(tx, instanceId);
        });
      }
      await removeInstance(context, instanceId);
    });

/** The way that does with every server. */
export const deleteInstanceAfterImage = deleteInstanceAfterImageBy(LOGICAL);
