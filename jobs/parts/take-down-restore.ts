import type { UndoContext } from '../workflow/context.ts';
import { cancelJobs, removeJobs } from './end-job.ts';
import { takeDownServer } from './server.ts';

/** Takes back all that a restore may have made: nothing works on the volume any more when it goes. */
export async function takeDownRestore(context: UndoContext, instanceId: string): Promise<void> {
  await cancelJobs(context);
  await takeDownServer(context, instanceId);
  await removeJobs(context);
}
