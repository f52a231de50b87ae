import type { PlannedJob } from '../../platform-jobs/watch-job.ts';
import type { RunFacts, WorkflowServices } from '../../workflow/context.ts';
import type { ImageToRestore } from '../image-to-restore.ts';
import { restoreJob } from '../logical/restore-job.ts';
import { STREAMING_SCRATCH_BYTES } from './copy-job.ts';

/** The restore job of this run with another program: on the same volume, with the same grant. */
export function unpackJob(
  context: WorkflowServices & RunFacts,
  instanceId: string,
  source: ImageToRestore,
): Omit<PlannedJob, 'phases'> {
  const { dataBytes, buildSpec } = restoreJob(context, instanceId, source);
  return {
    dataBytes,
    buildSpec: async () => {
      const spec = await buildSpec();
      const parameters = {
        TOYGRES_BACKGROUND_WORK: 'HOLD',
        ...spec.parameters,
      };
      return { ...spec, program: 'restore-physical', parameters, scratchBytes: STREAMING_SCRATCH_BYTES };
    },
  };
}
