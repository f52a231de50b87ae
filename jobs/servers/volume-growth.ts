import { AppError, assertNever } from '../../schema/errors.ts';
import type { Poll, StepScope, UntilOptions, WorkflowServices } from '../workflow/context.ts';

/** A cloud makes a disk larger within minutes; one that is busy with it for longer is given up, and says why. */
export const GROWTH: UntilOptions = { timeoutMs: 1_800_000, attempts: 20 };

type Services = Pick<WorkflowServices, 'platform' | 'instances'>;

/** Throws STEP_FAILED with the platform's reason when the volume may not grow. */
export async function askForGrowth(
  { platform, instances }: Services,
  instanceId: string,
  storageGib: number,
  { signal }: StepScope,
): Promise<void> {
  const instance = await instances.read(instanceId);
  signal.throwIfAborted();
  await platform.ensureVolumeSize(instance, storageGib);
}

/** One look whether the volume holds that much. Throws STEP_FAILED when it does not get there by waiting. */
export async function lookWhetherGrown(
  { platform, instances }: Services,
  instanceId: string,
  storageGib: number,
): Promise<Poll<null>> {
  const instance = await instances.read(instanceId);
  const { state, detail } = await platform.readVolumeGrowth(instance, storageGib);
  switch (state) {
    case 'GROWN':
      return { done: null };
    case 'GROWING':
      return { progress: { message: detail } };
    case 'FAILED':
      throw new AppError(
        'STEP_FAILED',
        `The volume did not grow to ${storageGib} GiB: ${detail ?? 'no reason is known'}.`,
      );
    default:
      return assertNever(state);
  }
}
