import { publishManifest, readImageFacts } from './images/build-manifest.ts';
import { followPhases, type ImageMethod, planJob, stepsOf } from './images/image-method.ts';
import { measureSource } from './images/source-instance.ts';
import { undoWriting } from './images/undo-writing.ts';
import { VERIFYING, verifyUpload } from './images/verify-upload.ts';
import { ImageInput } from './inputs.ts';
import { cancelJobs, KEEPING, keepLogAndRemove, removeJobs } from './platform-jobs/end-job.ts';
import { startJob } from './platform-jobs/watch-job.ts';
import { reopenImage, settleImageFailed } from './records-at-end.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** An image of a running server. It is AVAILABLE only when the store was seen to hold all of it. */
export const createImageBy = <S extends string>({ method, workflows, take }: ImageMethod<S>) =>
  defineWorkflow(workflows.take.name, workflows.take.version, ImageInput)
    .steps({
      'Look up the source instance': 1,
      'Start the backup job': 1,
      ...stepsOf(take.phases),
      'Verify what was uploaded': 6,
      'Publish the manifest': 2,
      'Keep the job log': 1,
      'Mark the image available': 1,
    })
    .onFailure({
      undo: async (context, { imageId }) => {
        await cancelJobs(context);
        await undoWriting(context, 'Remove what was uploaded', () => context.store.removeImage(imageId));
        await removeJobs(context);
      },
      settle: settleImageFailed,
      reopen: reopenImage,
    })
    .run(async (context, { imageId }) => {
      const { step, images } = context;
      const dataBytes = await step('Look up the source instance', () => measureSource(context, imageId, method));

      const backup = planJob(context, take, imageId, dataBytes);
      const job = await step('Start the backup job', (scope) => startJob(context, backup, scope));
      const taken = await followPhases(context, take, backup, job);

      await step('Verify what was uploaded', () => verifyUpload(context, imageId, job, taken), VERIFYING);
      await step('Publish the manifest', () => publishManifest(context, imageId, taken), VERIFYING);
      await step('Keep the job log', (scope) => keepLogAndRemove(context, job, scope), KEEPING);
      await step.commit('Mark the image available', async (tx) =>
        images.markAvailable(tx, imageId, await readImageFacts(context, imageId)),
      );
    });
