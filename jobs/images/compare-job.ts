import { AppError } from '../../schema/errors.ts';
import { buildJobRef } from '../platform-jobs/job-identity.ts';
import { jobLimits, readParallelism } from '../platform-jobs/job-limits.ts';
import type { PlannedJob } from '../platform-jobs/watch-job.ts';
import type { JobSpec } from '../ports/platform.ts';
import { SUPERUSER_NAME } from '../ports/superuser.ts';
import type { RunFacts, WorkflowServices } from '../workflow/context.ts';
import { findChecksums } from './checksums.ts';
import type { ImageToRestore } from './image-to-restore.ts';
import { jobSecrets } from './job-secrets.ts';

type Context = WorkflowServices & RunFacts;

/**
 * The job that holds the server of a drill against its image, over the network. `program`: the runner's for the method;
 * `readsImage`: whether it needs the image's files beside it.
 */
export function compareJob(
  context: Context,
  drillId: string,
  source: ImageToRestore,
  { program, readsImage }: { readonly program: string; readonly readsImage: boolean },
): Omit<PlannedJob, 'phases'> {
  const dataBytes = source.databaseBytes + source.sizeBytes;
  return { dataBytes, buildSpec: () => buildSpec(context, drillId, source, { program, readsImage }) };
}

async function buildSpec(
  context: Context,
  drillId: string,
  { imageId, databaseBytes, sizeBytes }: ImageToRestore,
  { program, readsImage }: { readonly program: string; readonly readsImage: boolean },
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
  const grant = readsImage ? await store.grantDownload(imageId, limits.grantSeconds) : null;
  const password = await drills.readPassword(drillId);
  return {
    ...buildJobRef(context, 'verify', { namespace: drill.namespace, name: drill.resourceName }),
    kind: 'verify',
    program,
    operationId,
    instanceId: drill.id,
    imageId,
    volume: null,
    imageType: image.imageType,
    postgresVersion: image.postgresVersion,
    parameters: {
      PGHOST: insideAddress.host,
      PGPORT: String(insideAddress.port),
      PGUSER: SUPERUSER_NAME,
      TOYGRES_IMAGE_ID: imageId,
      TOYGRES_IMAGE_TYPE: image.imageType,
      TOYGRES_PARALLEL: readParallelism(platform),
      TOYGRES_CHECKSUMS_SHA256: findChecksums(manifest)?.sha256 ?? '',
      TOYGRES_CHECKSUMS_BYTES: String(findChecksums(manifest)?.sizeBytes ?? 0),
      ...(grant === null ? {} : { TOYGRES_IMAGE_URL: grant.url }),
    },
    secrets: grant === null ? { password } : jobSecrets(password, grant, await images.readFileKey(imageId)),
    scratchBytes: jobLimits(readsImage ? sizeBytes : 0).scratchBytes,
    deadlineSeconds: limits.deadlineSeconds,
    attempts: 3,
  };
}
