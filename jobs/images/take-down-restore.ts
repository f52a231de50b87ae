import { cancelJobs, removeJobs } from '../platform-jobs/end-job.ts';
import { takeDownServer } from '../servers/server-steps.ts';
import type { UndoContext } from '../workflow/context.ts';

/**
 * Takes back all that a restore may have made. The job goes before the volume: in a cluster a volume stays as long as any
 * pod names it, also one that has ended.
 */
export async function takeDownRestore(context: UndoContext, instanceId: string): Promise<void> {
  await cancelJobs(context);
  await removeJobs(context);
  await takeDownServer(context, instanceId);
}
