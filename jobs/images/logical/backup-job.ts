import { AppError } from '../../../schema/errors.ts';
import { buildJobRef } from '../../platform-jobs/job-identity.ts';
import { jobLimits, readParallelism } from '../../platform-jobs/job-limits.ts';
import { identityParameters } from '../../platform-jobs/server-identity.ts';
import type { PlannedJob } from '../../platform-jobs/watch-job.ts';
import type { JobSpec } from '../../ports/platform/jobs.ts';
import { SUPERUSER_NAME } from '../../ports/superuser.ts';
import type { RunFacts, WorkflowServices } from '../../workflow/context.ts';
import { jobSecrets } from '../job-secrets.ts';

type Context = WorkflowServices & RunFacts;

/** Rows as text take up to so many times what they take in the server: the job has them so only where there is so much room. */
const PLAIN_SHARE = 3;

/** The backup job of this run, over the network from where the source listens for jobs. */
export function backupJob(context: Context, imageId: string, dataBytes: number): Omit<PlannedJob, 'phases'> {
  return { dataBytes, buildSpec: () => buildBackupSpec(context, imageId, dataBytes) };
}

async function buildBackupSpec(context: Context, imageId: string, dataBytes: number): Promise<JobSpec> {
  const { platform, store, images, instances, operationId } = context;
  const image = await images.read(imageId);
  const source = await instances.read(image.sourceInstanceId);
  const { insideAddress } = await platform.readServer(source);
  if (insideAddress === null) {
    throw new AppError('UNAVAILABLE', `The server of "${source.name}" has no address now; is it running?`);
  }
  const limits = jobLimits(dataBytes);
  const grant = await store.grantUpload(imageId, limits.grantSeconds);
  const password = await instances.readPassword(source.id);
  return {
    ...buildJobRef(context, 'backup', { namespace: source.namespace, name: image.name }),
    kind: 'backup',
    operationId,
    instanceId: source.id,
    imageId,
    volume: null,
    imageType: image.imageType,
    postgresVersion: image.postgresVersion,
    parameters: {
      PGHOST: insideAddress.host,
      PGPORT: String(insideAddress.port),
      ...(await identityParameters(context.probe, insideAddress)),
      PGUSER: SUPERUSER_NAME,
      TOYGRES_IMAGE_URL: grant.url,
      TOYGRES_RUN: String(context.run),
      TOYGRES_PARALLEL: readParallelism(platform),
      TOYGRES_ACCEPT_LOSS: image.acceptLoss,
    },
    secrets: jobSecrets(password, grant, await images.readFileKey(imageId)),
    scratchBytes: limits.scratchBytes,
    scratchAtMostBytes: jobLimits(PLAIN_SHARE * dataBytes).scratchBytes,
    deadlineSeconds: limits.deadlineSeconds,
    attempts: 3,
  };
}
