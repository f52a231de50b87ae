import { z } from 'zod';
import { AppError } from '../../../schema/errors.ts';
import { buildJobRef } from '../../platform-jobs/job-identity.ts';
import { jobLimits } from '../../platform-jobs/job-limits.ts';
import { readParallelism } from '../../platform-jobs/parallelism.ts';
import type { PlannedJob } from '../../platform-jobs/watch-job.ts';
import { ClusterSettings, DurableState, ManifestDatabase, ManifestExtension } from '../../ports/manifest.ts';
import type { JobSpec } from '../../ports/platform.ts';
import { SUPERUSER_NAME } from '../../ports/superuser.ts';
import type { RunFacts, WorkflowServices } from '../../workflow/context.ts';

type Context = WorkflowServices & RunFacts;

/** The phases of backup.sh. */
export const BACKUP_PHASES = ['dump', 'hash', 'upload'] as const;

/** What backup.sh reports when it has succeeded (see templates/scripts). */
export const BackupResult = z.object({
  startedAt: z.string(),
  finishedAt: z.string(),
  checksums: z.object({
    sizeBytes: z.number().int().positive(),
    md5: z.string().regex(/^[0-9a-f]{32}$/),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  databases: z.array(ManifestDatabase),
  databaseBytes: z.number().int().nonnegative(),
  cluster: ClusterSettings,
  serverVersion: z.string(),
  tools: z.record(z.string(), z.string()),
  extensions: z.array(ManifestExtension),
  durable: DurableState.nullable(),
  notices: z.array(z.string()),
});
export type BackupResult = z.infer<typeof BackupResult>;

/** Throws STEP_FAILED naming the first field of the result that is not as agreed. */
export function parseBackupResult(result: unknown): BackupResult {
  const parsed = BackupResult.safeParse(result);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.') || 'its top';
  throw new AppError('STEP_FAILED', `The backup job reported a result that cannot be read (at ${at}).`);
}

/** The backup job of this run, over the network from where the source listens for jobs. */
export function backupJob(context: Context, imageId: string, dataBytes: number): PlannedJob {
  return { phases: BACKUP_PHASES, dataBytes, buildSpec: () => buildBackupSpec(context, imageId, dataBytes) };
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
      PGUSER: SUPERUSER_NAME,
      TOYGRES_IMAGE_URL: grant.url,
      TOYGRES_PARALLEL: readParallelism(platform),
    },
    secrets: grant.sas === null ? { password } : { password, sas: grant.sas },
    scratchBytes: limits.scratchBytes,
    deadlineSeconds: limits.deadlineSeconds,
    attempts: 3,
  };
}
