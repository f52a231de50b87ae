import path from 'node:path';
import type { PgBoss } from 'pg-boss';
import type { WorkflowServices } from '../../jobs/workflow/context.ts';
import { AppError } from '../../schema/errors.ts';
import type { Config } from '../config/env.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { createListener, type Listener } from '../events/listener.ts';
import type { Logger } from '../log/logger.ts';
import { createLocalPlatform, type LocalPlatform } from '../platform/local/local-platform.ts';
import { createServerProbe } from '../platform/server-probe.ts';
import { createSecretBox, type SecretBox } from '../secrets/secret-box.ts';
import { parseSecretKey } from '../secrets/secret-key.ts';
import { createAzureBlobStore } from '../storage/azure-blob-store.ts';
import { openBlobAccount } from '../storage/blob-account.ts';
import { createImageRecords } from '../stores/image-records.ts';
import { createInstanceRecords } from '../stores/instance-records.ts';
import { createJobRecords } from '../stores/job-records.ts';
import { startBoss } from '../workflow/boss.ts';
import type { Foundations } from './foundations.ts';

/** What API and workers share: the records, the queue, the platform, and the ports that workflows go through. */
export interface Core {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly listener: Listener;
  readonly secrets: SecretBox;
  readonly platform: LocalPlatform;
  readonly services: WorkflowServices;
}

const TEMPLATES = path.join(import.meta.dirname, '../../templates');

async function openPlatform(config: Config, { home, machine }: Foundations, log: Logger): Promise<LocalPlatform> {
  if (config.platform !== 'local') {
    throw new AppError('UNAVAILABLE', `TOYGRES_PLATFORM ${config.platform} is not available yet: leave it out.`);
  }
  return createLocalPlatform({
    ...machine,
    homeId: home.id,
    stateDirectory: home.stateDirectory,
    scriptsDirectory: path.join(TEMPLATES, 'scripts'),
    supervisorPath: path.join(TEMPLATES, 'local/supervise.sh'),
    jobConcurrency: config.jobConcurrency,
    namespaces: config.namespaces,
    log,
  });
}

/**
 * Opens them in order; each thing's stop is put on `stops` as soon as it runs. `schedule`: whether this process sends what
 * is due by schedules.
 */
export async function openCore(
  config: Config,
  foundations: Foundations,
  log: Logger,
  stops: AsyncDisposableStack,
  { schedule = false }: { readonly schedule?: boolean } = {},
): Promise<Core> {
  const url = foundations.databaseUrl;
  // Only so that a connection string that cannot be read is said now, and not by the first image.
  if ('connectionString' in foundations.blobLogin) await openBlobAccount(foundations.blobLogin);
  await migrateDatabase(url);
  const database = openDatabase({ url });
  stops.defer(() => database.stop());
  const boss = await startBoss({ url, log, schedule });
  stops.defer(() => boss.stop({ graceful: false }));
  const listener = createListener({ url, log });
  stops.defer(() => listener.stop());
  await listener.start();
  const secrets = createSecretBox({ keys: [parseSecretKey(foundations.encryptionKey)] });
  const store = createAzureBlobStore({
    ...foundations.blobLogin,
    container: config.imageContainer,
    seal: secrets,
    log,
  });
  const platform = await openPlatform(config, foundations, log);
  stops.defer(() => platform.stop());
  const services: WorkflowServices = {
    platform,
    store,
    probe: createServerProbe(),
    instances: createInstanceRecords(database, secrets),
    images: createImageRecords(database, secrets),
    jobs: createJobRecords(database, platform.id),
  };
  return { database, boss, listener, secrets, platform, services };
}
