import { readImageFacts } from './images/build-manifest.ts';
import type { ImageMethod } from './images/image-method.ts';
import { takeImage, takingSteps, undoTaking } from './images/take-image.ts';
import { ImageInput } from './inputs.ts';
import { reopenImage, settleImageFailed } from './records-at-end.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** An image of a running server. It is AVAILABLE only when the store was seen to hold all of it. */
export const createImageBy = <S extends string>(method: ImageMethod<S>) =>
  defineWorkflow(method.workflows.take.name, method.workflows.take.version, ImageInput)
    .steps({ ...takingSteps(method), 'Mark the image available': 1 })
    .onFailure({
      undo: (context, { imageId }) => undoTaking(context, imageId),
      settle: settleImageFailed,
      reopen: reopenImage,
    })
    .run(async (context, { imageId }) => {
      await takeImage(context, method, imageId);
      await context.step.commit('Mark the image available', async (tx) =>
        context.images.markAvailable(tx, imageId, await readImageFacts(context, imageId)),
      );
    });
