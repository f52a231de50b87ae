import { AppError } from '../../schema/errors.ts';
import { buildJobRef } from '../platform-jobs/job-identity.ts';
import { jobLimits, readParallelism } from '../platform-jobs/job-limits.ts';
import { identityParameters } from '../platform-jobs/server-identity.ts';
import type { PlannedJob } from '../platform-jobs/watch-job.ts';
import type { ImageManifest } from '../ports/manifest.ts';
import type { JobSpec } from '../ports/platform/jobs.ts';
import { SUPERUSER_NAME } from '../ports/superuser.ts';
import type { RunFacts, WorkflowServices } from '../workflow/context.ts';
import { listParameters, namesOf } from './checksums.ts';
import type { ImageToRestore } from './image-to-restore.ts';
import { jobSecrets } from './job-secrets.ts';

type Context = WorkflowServices & RunFacts;

interface HowToCompare {
  readonly program: string;
  readonly scratchOf: (manifest: ImageManifest) => Pick<JobSpec, 'scratchBytes' | 'scratchAtMostBytes'>;
}

/**
 * The job that holds the server of a drill against its image, over the network, with leave to read that. `program`:
 * the runner's for the method; `scratchOf`: the room for what it lays beside it.
 */
export function compareJob(
  context: Context,
  drillId: string,
  source: ImageToRestore,
  how: HowToCompare,
): Omit<PlannedJob, 'phases'> {
  const dataBytes = source.databaseBytes + source.sizeBytes;
  return { dataBytes, buildSpec: () => buildSpec(context, drillId, source, how) };
}

async function buildSpec(
  context: Context,
  drillId: string,
  { imageId, databaseBytes, sizeBytes }: ImageToRestore,
  how: HowToCompare,
): Promise<JobSpec> {
  const { platform, store, drills, images, operationId } = context;
  const drill = await drills.read(drillId);
  const image = await images.read(imageId);
  const { insideAddress, phase, detail } = await platform.readServer(drill);
  if (insideAddress === null) {
    throw new AppError('UNAVAILABLE', `The server of the drill is ${phase} (${detail ?? 'no address'}).`);
  }
  const manifest = await store.readManifest(imageId);
  const limits = jobLimits(databaseBytes + sizeBytes);
  const grant = await store.grantDownload(imageId, limits.grantSeconds, namesOf(manifest));
  const password = await drills.readPassword(drillId);
  return {
    ...buildJobRef(context, 'verify', { namespace: drill.namespace, name: drill.resourceName }),
    kind: 'verify',
    program: how.program,
    operationId,
    instanceId: drill.id,
    imageId,
    volume: null,
    imageType: image.imageType,
    postgresVersion: image.postgresVersion,
    parameters: {
      PGHOST: insideAddress.host,
      PGPORT: String(insideAddress.port),
      ...(await identityParameters(context.probe, insideAddress)),
      PGUSER: SUPERUSER_NAME,
      TOYGRES_IMAGE_ID: imageId,
      TOYGRES_PARALLEL: readParallelism(platform),
      ...listParameters(manifest),
      TOYGRES_UNPACKED_BYTES: String(manifest.unpackedBytes ?? ''),
      TOYGRES_IMAGE_URL: grant.url,
    },
    secrets: jobSecrets(password, grant, await images.readFileKey(imageId)),
    ...how.scratchOf(manifest),
    deadlineSeconds: limits.deadlineSeconds,
    attempts: 3,
  };
}
