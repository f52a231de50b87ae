import type { PlannedJob } from '../../platform-jobs/watch-job.ts';
import type { RunFacts, WorkflowServices } from '../../workflow/context.ts';
import { backupJob } from '../logical/backup-job.ts';

/** Nothing of the data is kept on the job's disk; what it keeps are lists. */
export const STREAMING_SCRATCH_BYTES = 256 << 20;

/** The backup job of this run with another program: over the same network, with the same grant. */
export function copyJob(
  context: WorkflowServices & RunFacts,
  imageId: string,
  dataBytes: number,
): Omit<PlannedJob, 'phases'> {
  const { buildSpec } = backupJob(context, imageId, dataBytes);
  return {
    dataBytes,
    buildSpec: async () => {
      const spec = await buildSpec();
      const parameters = { ...spec.parameters, TOYGRES_IMAGE_ID: imageId };
      return { ...spec, program: 'backup-physical', parameters, scratchBytes: STREAMING_SCRATCH_BYTES };
    },
  };
}
