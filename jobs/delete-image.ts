import { ImageInput } from './inputs.ts';
import { REMOVING } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/**
 * The files go first, then the record says DELETED. What fails stays DELETING with its failure, to be retried; but where the
 * store's rules keep the files (CONFLICT), nothing was removed, and the image is what it was before.
 */
export const deleteImage = defineWorkflow('delete-image', '1.0.0', ImageInput)
  .steps({ 'Delete the files': 95, 'Mark the image deleted': 5 })
  .onFailure({
    settle: (tx, { images }, { imageId }, failure) =>
      failure.code === 'CONFLICT' ? images.endDeletion(tx, imageId, failure) : images.setFailure(tx, imageId, failure),
    reopen: (tx, { images }, { imageId }) => images.reopenDeletion(tx, imageId),
  })
  .run(async ({ step, store, images }, { imageId }) => {
    await step('Delete the files', async () => void (await store.removeImage(imageId)), REMOVING);
    await step.commit('Mark the image deleted', (tx) => images.markDeleted(tx, imageId));
  });
