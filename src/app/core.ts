import type { PgBoss } from 'pg-boss';
import type { ServerProbe } from '../../jobs/ports/server-probe.ts';
import type { WorkflowServices } from '../../jobs/workflow/context.ts';
import type { Config } from '../config/env.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { createEntraLogin } from '../db/entra-login.ts';
import { createListener, type Listener } from '../db/listener.ts';
import { migrateDatabase } from '../db/migrate.ts';
import type { ReadPassword } from '../db/session.ts';
import type { Logger } from '../log/logger.ts';
import { shareChecks } from '../platform/shared-checks.ts';
import { createSecretBox, type SecretBox } from '../secrets/secret-box.ts';
import { parseSecretKey } from '../secrets/secret-key.ts';
import { requireKnownKeys } from '../services/keys/rotate-keys.ts';
import { createAzureBlobStore } from '../storage/azure-blob-store.ts';
import { openBlobAccount } from '../storage/blob-account.ts';
import { createAuthority } from '../stores/authorities/authorities.ts';
import { createDrillRecords } from '../stores/drills/records.ts';
import { createImageRecords } from '../stores/images/records.ts';
import { createInstanceRecords } from '../stores/instances/records.ts';
import { createJobRecords } from '../stores/operations/job-records.ts';
import { startBoss } from '../workflow/queue/boss.ts';
import type { Foundations } from './foundations.ts';
import { openPlatform, type RunningPlatform } from './platform.ts';
import type { Stops } from './stops.ts';
import { untilUp } from './until-up.ts';

/** Jobs are told to end, and are ended by force after a while. */
const PLATFORM_STOP_MS = 60_000;

/** What API and workers share: the records, the queue, the platform, and the ports that workflows go through. */
export interface Core {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly listener: Listener;
  readonly secrets: SecretBox;
  readonly platform: RunningPlatform;
  readonly services: WorkflowServices;
  /** How health checks and connection checks of this process connect: one of an instance at a time. */
  readonly checks: Pick<ServerProbe, 'connect'>;
}

interface Login {
  readonly readPassword: ReadPassword | null;
}

/** As the role that owns the schemas, where there is one; then the service may do no more than its work needs. */
function migrate({ migrationUrl }: Foundations, url: string, login: Login, log: Logger): Promise<void> {
  if (migrationUrl === null) return migrateDatabase(url, { log, ...login });
  return migrateDatabase(migrationUrl, { log, serviceUrl: url, ...login });
}

/**
 * Opens them in order; each thing's stop is put on `stops` as soon as it runs. `schedule`: whether this process sends what
 * is due by schedules.
 */
export async function openCore(
  config: Config,
  foundations: Foundations,
  log: Logger,
  stops: Stops,
  { schedule = false }: { readonly schedule?: boolean } = {},
): Promise<Core> {
  const url = foundations.databaseUrl;
  const directUrl = config.directDatabaseUrl ?? url;
  // Only so that a connection string that cannot be read is said now, and not by the first image.
  if ('connectionString' in foundations.blobLogin) await openBlobAccount(foundations.blobLogin, config.proxies);
  const { startWaitMs, databaseConnections } = config;
  const login = { readPassword: config.databaseLogin === 'entra' ? createEntraLogin(config) : null };
  await untilUp(() => migrate(foundations, directUrl, login, log), {
    what: 'the database of records',
    waitMs: startWaitMs,
    log,
    signal: stops.signal,
  });
  const pooled = directUrl !== url;
  const database = openDatabase({ url, pooled, maxConnections: databaseConnections.queries, ...login });
  stops.defer('the connections to the records', () => database.stop(), { endsWithUs: true });
  const boss = await untilUp(
    () => startBoss({ url: directUrl, log, schedule, maxConnections: databaseConnections.queue, ...login }),
    { what: 'the queue', waitMs: startWaitMs, log, signal: stops.signal },
  );
  stops.defer('the queue', () => boss.stop({ graceful: false }), { endsWithUs: true });
  const notify = (channel: string, payload: string) =>
    database.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);
  const listener = createListener({ url: directUrl, log, notify, ...login });
  stops.defer('the listener', () => listener.stop(), { endsWithUs: true });
  await listener.start();
  const keys = foundations.encryptionKey.split(',').map((key) => parseSecretKey(key));
  await requireKnownKeys(
    database,
    keys.map(({ id }) => id),
  );
  const secrets = createSecretBox({ keys });
  const authority = createAuthority(database, secrets);
  const store = createAzureBlobStore({
    ...foundations.blobLogin,
    container: config.imageContainer,
    seal: secrets,
    jobLogin: config.kubernetes.workloadIdentityClientId === null ? 'sas' : 'workload-identity',
    proxies: config.proxies,
    log,
  });
  const { platform, probe } = await openPlatform(config, foundations, database, authority, log);
  stops.defer('the platform', () => platform.stop(), { withinMs: PLATFORM_STOP_MS });
  const services: WorkflowServices = {
    platform,
    store,
    probe,
    instances: createInstanceRecords(database, secrets),
    images: createImageRecords(database, secrets),
    drills: createDrillRecords(database, secrets),
    jobs: createJobRecords(database, platform.id),
  };
  return { database, boss, listener, secrets, platform, services, checks: shareChecks(probe) };
}
