import { cancelJobs, KEEPING, keepLogAndRemove, removeJobs } from '../platform-jobs/end-job.ts';
import { startJob } from '../platform-jobs/watch-job.ts';
import { type MakingStep, makeGround, makingSteps } from '../servers/bring-up.ts';
import { type ServerSteps, takeDownServer } from '../servers/server-steps.ts';
import type { RunContext, UndoContext } from '../workflow/context.ts';
import { followPhases, type ImageMethod, planJob, stepsOf } from './image-method.ts';
import { type ImageToRestore, readImageToRestore } from './image-to-restore.ts';
import type { FilledVolume } from './taken-image.ts';
import { VERIFYING } from './verify-upload.ts';

type FillingStep = 'Look up the image' | MakingStep | 'Start the restore job' | 'Keep the job log';

/** The steps that every restore begins with. */
export const fillingSteps = <S extends string>({ fill }: ImageMethod<string, S>): Record<FillingStep | S, number> => ({
  'Look up the image': 2,
  ...makingSteps(1, 1, 1),
  'Start the restore job': 1,
  ...stepsOf(fill.phases),
  'Keep the job log': 1,
});

/**
 * All that is done before the server of a restored instance starts: a job fills its volume. The image is only read. Answers
 * with the image, and with what the job reported.
 */
export async function fillVolume<S extends string>(
  context: RunContext<FillingStep | NoInfer<S>>,
  { method, fill }: ImageMethod<string, S>,
  instanceId: string,
  server: ServerSteps,
): Promise<{ readonly image: ImageToRestore; readonly filled: FilledVolume }> {
  const { step } = context;
  const image = await step('Look up the image', () => readImageToRestore(context, instanceId, method), VERIFYING);
  await makeGround(context, server);

  const restore = planJob(context, fill, instanceId, image);
  const job = await step('Start the restore job', (scope) => startJob(context, restore, scope));
  const filled = await followPhases(context, fill, restore, job);
  await step('Keep the job log', (scope) => keepLogAndRemove(context, job, scope), KEEPING);
  return { image, filled };
}

/**
 * Takes back all that a restore may have made. The job goes before the volume: in a cluster a volume stays as long as any
 * pod names it, also one that has ended.
 */
export async function takeDownRestore(context: UndoContext, instanceId: string): Promise<void> {
  await cancelJobs(context);
  await removeJobs(context);
  await takeDownServer(context, instanceId);
}
