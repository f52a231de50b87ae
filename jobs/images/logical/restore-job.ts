import { buildJobRef } from '../../platform-jobs/job-identity.ts';
import { jobLimits, readParallelism } from '../../platform-jobs/job-limits.ts';
import type { PlannedJob } from '../../platform-jobs/watch-job.ts';
import type { ImageManifest } from '../../ports/manifest.ts';
import type { JobSpec } from '../../ports/platform/jobs.ts';
import { SUPERUSER_NAME } from '../../ports/superuser.ts';
import type { RunFacts, WorkflowServices } from '../../workflow/context.ts';
import { listParameters, namesOf } from '../checksums.ts';
import type { ImageToRestore } from '../image-to-restore.ts';
import { jobSecrets } from '../job-secrets.ts';
import { scratchOfImage } from './image-scratch.ts';

type Context = WorkflowServices & RunFacts;

/** The restore job of this run, on the volume of the instance. */
export function restoreJob(context: Context, instanceId: string, source: ImageToRestore): Omit<PlannedJob, 'phases'> {
  return {
    dataBytes: source.databaseBytes + source.sizeBytes,
    buildSpec: () => buildRestoreSpec(context, instanceId, source),
  };
}

async function buildRestoreSpec(context: Context, instanceId: string, source: ImageToRestore): Promise<JobSpec> {
  const { platform, store, images, instances, operationId } = context;
  const instance = await instances.read(instanceId);
  const manifest = await store.readManifest(source.imageId);
  const limits = jobLimits(source.databaseBytes + source.sizeBytes);
  const grant = await store.grantDownload(source.imageId, limits.grantSeconds, namesOf(manifest));
  const password = await instances.readPassword(instanceId);
  const { namespace, resourceName } = instance;
  return {
    ...buildJobRef(context, 'restore', { namespace, name: resourceName }),
    kind: 'restore',
    operationId,
    instanceId,
    imageId: source.imageId,
    volume: { namespace, resourceName },
    hosting: instance.hosting,
    imageType: instance.imageType,
    postgresVersion: instance.postgresVersion,
    parameters: {
      PGUSER: SUPERUSER_NAME,
      TOYGRES_IMAGE_URL: grant.url,
      TOYGRES_IMAGE_ID: source.imageId,
      TOYGRES_PARALLEL: readParallelism(platform),
      ...restoreParameters(manifest),
      TOYGRES_DURABLE_FUNCTIONS: instance.durableFunctions ?? 'CANCEL',
      TOYGRES_ALLOW_EXTENSION_UPGRADE: String(instance.allowExtensionUpgrade),
      TOYGRES_ACCEPT_LOSS: instance.acceptLoss ?? 'OBJECTS',
      TOYGRES_BACKGROUND_WORK: instance.backgroundWork ?? 'HOLD',
      TOYGRES_DATABASES: instance.databases === null ? '' : JSON.stringify(instance.databases),
    },
    secrets: jobSecrets(password, grant, await images.readFileKey(source.imageId)),
    ...scratchOfImage(manifest),
    deadlineSeconds: limits.deadlineSeconds,
    attempts: 3,
  };
}

/** How the manifest tells the restore to make the cluster, and which list of files to trust. */
export function restoreParameters(manifest: ImageManifest): Record<string, string> {
  const { cluster } = manifest;
  return {
    ...listParameters(manifest),
    TOYGRES_UNPACKED_BYTES: String(manifest.unpackedBytes ?? ''),
    TOYGRES_DATABASE_BYTES: String(manifest.databaseBytes),
    TOYGRES_ENCODING: cluster.encoding,
    TOYGRES_LOCALE_PROVIDER: cluster.localeProvider,
    TOYGRES_LC_COLLATE: cluster.lcCollate,
    TOYGRES_LC_CTYPE: cluster.lcCtype,
    TOYGRES_LOCALE: cluster.locale ?? '',
    TOYGRES_ICU_RULES: cluster.icuRules ?? '',
    TOYGRES_DATA_CHECKSUMS: String(cluster.dataChecksums),
  };
}
