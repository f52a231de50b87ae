import { KEEPING, keepLogAndRemove } from '../platform-jobs/end-job.ts';
import { startJob, watchJob } from '../platform-jobs/watch-job.ts';
import { MAKING, type ServerSteps } from '../servers/server-steps.ts';
import type { RunContext } from '../workflow/context.ts';
import { readImageToRestore } from './image-to-restore.ts';
import { parseRestoreResult, restoreJob } from './logical/restore-job.ts';
import { VERIFYING } from './verify-upload.ts';

/** The steps that every restore begins with. */
export const FILLING = {
  'Look up the image': 2,
  'Create the volume': 1,
  'Create the secret': 1,
  'Create the configuration': 1,
  'Start the restore job': 1,
  'Download the image': 18,
  'Check the files': 4,
  'Restore the databases': 50,
  'Gather statistics': 6,
  'Keep the job log': 1,
} as const;

/** All that is done before the server of a restored instance starts: a job fills its volume. The image is only read. */
export async function fillVolume(
  context: RunContext<keyof typeof FILLING>,
  instanceId: string,
  server: ServerSteps,
): Promise<void> {
  const { step } = context;
  const image = await step('Look up the image', () => readImageToRestore(context, instanceId), VERIFYING);
  await step('Create the volume', server.ensureVolume, MAKING);
  await step('Create the secret', server.ensureSecret);
  await step('Create the configuration', server.ensureConfiguration);

  const restore = restoreJob(context, instanceId, image);
  const job = await step('Start the restore job', (scope) => startJob(context, restore, scope));
  const watch = watchJob(context, restore, job);
  await step.until('Download the image', watch.past('download'), watch.patience);
  await step.until('Check the files', watch.past('check'), watch.patience);
  await step.until('Restore the databases', watch.past('restore'), watch.patience);
  await step.until('Gather statistics', watch.succeeded('analyze', parseRestoreResult), watch.patience);
  await step('Keep the job log', (scope) => keepLogAndRemove(context, job, scope), KEEPING);
}
