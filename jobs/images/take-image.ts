import { cancelJobs, KEEPING, keepLogAndRemove, removeJobs } from '../platform-jobs/end-job.ts';
import { startJob } from '../platform-jobs/watch-job.ts';
import type { RunContext, UndoContext } from '../workflow/context.ts';
import { publishManifest } from './build-manifest.ts';
import { followPhases, type ImageMethod, planJob, stepsOf } from './image-method.ts';
import { measureSource } from './source-instance.ts';
import { undoWriting } from './undo-writing.ts';
import { VERIFYING, verifyUpload } from './verify-upload.ts';

type Taking =
  | 'Look up the source instance'
  | 'Start the backup job'
  | 'Verify what was uploaded'
  | 'Publish the manifest'
  | 'Keep the job log';

/** The steps that take an image, up to its manifest, with their weights; 99 in all. */
export const takingSteps = <S extends string>({ take }: ImageMethod<S>): Readonly<Record<S | Taking, number>> => ({
  'Look up the source instance': 1,
  'Start the backup job': 1,
  ...stepsOf(take.phases),
  'Verify what was uploaded': 6,
  'Publish the manifest': 2,
  'Keep the job log': 1,
});

/** Takes an image: when it returns, the store was seen to hold all of it, and only the record does not say so yet. */
export async function takeImage<S extends string>(
  context: RunContext<S | Taking>,
  { method, take }: ImageMethod<S>,
  imageId: string,
): Promise<void> {
  const { step } = context;
  const dataBytes = await step('Look up the source instance', () => measureSource(context, imageId, method));

  const backup = planJob(context, take, imageId, dataBytes);
  const job = await step('Start the backup job', (scope) => startJob(context, backup, scope));
  const taken = await followPhases(context, take, backup, job);

  const verify = async () => {
    // What is verified is what stays: whoever has the job's grant can write no more.
    await context.store.endUpload(imageId);
    await verifyUpload(context, imageId, job, taken);
  };
  await step('Verify what was uploaded', verify, VERIFYING);
  await step('Publish the manifest', () => publishManifest(context, imageId, taken), VERIFYING);
  await step('Keep the job log', (scope) => keepLogAndRemove(context, job, scope), KEEPING);
}

/** Takes back what an image that is not AVAILABLE has written. */
export async function undoTaking(context: UndoContext, imageId: string): Promise<void> {
  await cancelJobs(context);
  await undoWriting(context, 'Remove what was uploaded', async () => {
    await context.store.endUpload(imageId);
    return context.store.removeImage(imageId);
  });
  await removeJobs(context);
}
