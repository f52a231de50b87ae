import type { UndoContext } from '../workflow/context.ts';
import { cancelJobs, removeJobs } from './end-job.ts';
import { takeDownServer } from './server.ts';

/**
 * Takes back all that a restore may have made. The job goes before the volume: in a cluster a volume stays as long as any
 * pod names it, also one that has ended.
 */
export async function takeDownRestore(context: UndoContext, instanceId: string): Promise<void> {
  await cancelJobs(context);
  await removeJobs(context);
  await takeDownServer(context, instanceId);
}
