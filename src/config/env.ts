import path from 'node:path';
import { AppError } from '../../schema/errors.ts';
import type { ImageMethod } from '../../schema/states.ts';
import type { LOG_LEVELS } from '../log/logger.ts';
import { findProxyFaults, type Proxies, readProxies } from '../machine/proxies.ts';
import { type AccessConfig, readAccessConfig } from './access-variables.ts';
import { readMemory, readRate } from './forms.ts';
import type { Placement } from './placement.ts';
import { type HostingChoices, readHostingChoices, readPlacement } from './placement-variables.ts';
import type { ContainerResources } from './resources.ts';
import { Environment, Settings } from './settings.ts';
import { findUnknownNames } from './unknown-names.ts';

/** What only the Kubernetes platform needs. */
export interface KubernetesConfig {
  /** Null: the account of this pod, or ~/.kube/config. */
  readonly kubeconfig: string | null;
  /** `{version}` stands for the major version of PostgreSQL, `{release}` for ours. */
  readonly images: {
    readonly postgres: string;
    readonly durable: string | null;
    readonly job: string;
    readonly durableJob: string;
  };
  /** The major versions that there are images of; null: all that are known. */
  readonly versions: readonly string[] | null;
  /** Null: the cluster's default. */
  readonly storageClass: string | null;
  readonly workloadIdentityClientId: string | null;
  readonly serverResources: ContainerResources;
  readonly jobResources: ContainerResources;
  /** From where PUBLIC servers may be reached; empty: from everywhere. */
  readonly publicSourceRanges: readonly string[];
  readonly serverEgressRanges: readonly string[];
  /** Of the pods of servers and jobs. */
  readonly placement: Placement;
  /** What the input of an instance may ask for. */
  readonly choices: HostingChoices;
  /** What stands behind the DNS label of a PUBLIC server. */
  readonly dnsSuffix: string | null;
  /** How long a pod may wait for room, an image or a volume. */
  readonly startPatienceMs: number;
}

/** The settings of one process, read once. Null means: use the embedded default. */
export interface Config extends AccessConfig {
  readonly port: number;
  readonly host: string;
  /** Whose pages may call the API from a browser, besides those of the API itself. */
  readonly allowedOrigins: readonly string[];
  /** Absolute. */
  readonly home: string;
  readonly databaseUrl: string | null;
  /** The way to the same database past a pooler, for what needs a session of its own; null: `databaseUrl` is that way. */
  readonly directDatabaseUrl: string | null;
  /** The same database as the role that owns its schemas; null: the service migrates as who it is. */
  readonly migrationDatabaseUrl: string | null;
  /** How a URL without a password signs in: as it is, or with a token of Microsoft Entra. */
  readonly databaseLogin: 'password' | 'entra';
  /** The most connections to the database of records that a process opens for queries, and those of its queue. */
  readonly databaseConnections: { readonly queries: number; readonly queue: number };
  /** How long a start waits for the database of records and the blob store to come up. */
  readonly startWaitMs: number;
  /** Through which what leaves this machine goes. */
  readonly proxies: Proxies;
  readonly platform: 'local' | 'kubernetes';
  /** The default first. */
  readonly namespaces: readonly string[];
  readonly kubernetes: KubernetesConfig;
  readonly postgresDirectory: string | null;
  readonly storageAccount: string | null;
  readonly storageConnectionString: string | null;
  readonly imageContainer: string;
  /** How images are taken where nobody says so. */
  readonly defaultImageMethod: ImageMethod;
  /** What backups may take; `maxBytesPerSecond` null: as fast as they can. */
  /** How many times the size that is told of a server may come of it, or of an image. */
  readonly sizeMargin: number;
  readonly backupLimits: { readonly maxBytesPerSecond: number | null; readonly nice: number };
  /** Whether files of images are encrypted where nobody says so. */
  readonly encryptImages: boolean;
  /** One key, or several between commas, the newest first. */
  readonly encryptionKey: string | null;
  readonly workerConcurrency: number;
  readonly jobConcurrency: number;
  /** What the processes of a job of the local platform may hold of memory in all; null: a part of the machine's. */
  readonly jobMemoryBytes: number | null;
  /** How long something must be seen as left over before the reconciler removes it. */
  readonly driftGraceSeconds: number;
  /** How long what is over is kept, in days. */
  readonly keepDays: { readonly operations: number; readonly healthChecks: number; readonly jobLogs: number };
  /** Where a server of its own answers /health, /ready and /metrics; null for none. */
  readonly probePort: number | null;
  /** A bearer token that opens /metrics and nothing else. */
  readonly metricsToken: string | null;
  /** Whether webhooks may go to loopback, private and link-local addresses. */
  readonly webhookAllowPrivate: boolean;
  readonly metricsPerInstance: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/**
 * Reads the environment, the only place that does. Throws INVALID_INPUT with one line for each bad value; values are not
 * repeated, since some are secrets.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment);
  const unknown = [...findUnknownNames(environment, Object.keys(Settings.shape)), ...findProxyFaults(environment)];
  if (!parsed.success || unknown.length > 0) {
    const bad = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
    throw new AppError('INVALID_INPUT', [...bad, ...unknown].join('\n'));
  }
  const env = parsed.data;
  const further = env.TOYGRES_NAMESPACES?.split(',').map((name) => name.trim()) ?? [];
  return {
    port: env.PORT,
    host: env.HOST,
    home: path.resolve(env.TOYGRES_HOME),
    databaseUrl: env.DATABASE_URL,
    directDatabaseUrl: env.TOYGRES_DIRECT_DATABASE_URL,
    migrationDatabaseUrl: env.TOYGRES_MIGRATION_DATABASE_URL,
    databaseLogin: env.TOYGRES_DATABASE_LOGIN,
    databaseConnections: { queries: env.TOYGRES_DATABASE_CONNECTIONS, queue: env.TOYGRES_QUEUE_CONNECTIONS },
    startWaitMs: env.TOYGRES_START_WAIT_SECONDS * 1000,
    proxies: readProxies(environment),
    platform: env.TOYGRES_PLATFORM,
    namespaces: [...new Set([env.TOYGRES_NAMESPACE, ...further])],
    kubernetes: {
      kubeconfig: env.KUBECONFIG,
      images: {
        postgres: env.TOYGRES_POSTGRES_IMAGE,
        durable: env.TOYGRES_DURABLE_IMAGE,
        job: env.TOYGRES_JOB_IMAGE,
        durableJob: env.TOYGRES_DURABLE_JOB_IMAGE,
      },
      versions: env.TOYGRES_POSTGRES_VERSIONS.length === 0 ? null : env.TOYGRES_POSTGRES_VERSIONS,
      storageClass: env.TOYGRES_STORAGE_CLASS,
      workloadIdentityClientId: env.TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID,
      serverResources: env.TOYGRES_SERVER_RESOURCES,
      jobResources: env.TOYGRES_JOB_RESOURCES,
      publicSourceRanges: env.TOYGRES_PUBLIC_SOURCE_RANGES,
      serverEgressRanges: env.TOYGRES_SERVER_EGRESS_RANGES,
      placement: readPlacement(env),
      choices: readHostingChoices(env),
      dnsSuffix: env.TOYGRES_DNS_SUFFIX,
      startPatienceMs: env.TOYGRES_START_PATIENCE_SECONDS * 1000,
    },
    postgresDirectory: env.TOYGRES_POSTGRES_BIN,
    storageAccount: env.AZURE_STORAGE_ACCOUNT,
    storageConnectionString: env.AZURE_STORAGE_CONNECTION_STRING,
    imageContainer: env.TOYGRES_IMAGE_CONTAINER,
    defaultImageMethod: env.TOYGRES_DEFAULT_IMAGE_METHOD,
    allowedOrigins: env.TOYGRES_ALLOWED_ORIGINS,
    ...readAccessConfig(env),
    sizeMargin: env.TOYGRES_SIZE_MARGIN,
    backupLimits: {
      maxBytesPerSecond: env.TOYGRES_BACKUP_MAX_RATE === null ? null : readRate(env.TOYGRES_BACKUP_MAX_RATE),
      nice: env.TOYGRES_BACKUP_NICE,
    },
    encryptImages: env.TOYGRES_ENCRYPT_IMAGES === 'true',
    encryptionKey: env.TOYGRES_ENCRYPTION_KEY,
    workerConcurrency: env.TOYGRES_WORKER_CONCURRENCY,
    jobConcurrency: env.TOYGRES_JOB_CONCURRENCY ?? (env.TOYGRES_PLATFORM === 'local' ? 2 : 20),
    jobMemoryBytes: env.TOYGRES_JOB_MEMORY === null ? null : readMemory(env.TOYGRES_JOB_MEMORY),
    driftGraceSeconds: env.TOYGRES_DRIFT_GRACE_SECONDS,
    keepDays: {
      operations: env.TOYGRES_KEEP_OPERATIONS_DAYS,
      healthChecks: env.TOYGRES_KEEP_HEALTH_DAYS,
      jobLogs: env.TOYGRES_KEEP_LOGS_DAYS,
    },
    probePort: env.TOYGRES_PROBE_PORT ?? null,
    metricsToken: env.TOYGRES_METRICS_TOKEN,
    webhookAllowPrivate: env.TOYGRES_WEBHOOK_ALLOW_PRIVATE === 'true',
    metricsPerInstance: env.TOYGRES_METRICS_PER_INSTANCE === 'true',
    logLevel: env.LOG_LEVEL,
  };
}
