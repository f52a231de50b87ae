import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../schema/errors.ts';
import { IMAGE_METHODS, type ImageMethod } from '../../schema/states.ts';
import { LOG_LEVELS } from '../log/logger.ts';
import { findProxyFaults, type Proxies, readProxies } from '../machine/proxies.ts';
import { ACCESS_VARIABLES, type AccessConfig, findMissingOidc, readAccessConfig } from './access-variables.ts';
import { findUrlFault, sayTlsPlainly } from './database-url.ts';
import { isAddressRange, isDomainName, isWebOrigin } from './networks.ts';
import { type Placement, parseNodeLabel, parseToleration } from './placement.ts';
import { type ContainerResources, parseResources } from './resources.ts';
import { findUnknownNames } from './unknown-names.ts';

/** An unset variable and an empty one mean the same: compose files and shells cannot always leave one out. */
const optional = <T extends z.ZodType>(type: T) => z.preprocess((value) => (value === '' ? undefined : value), type);
const text = optional(z.string().optional()).transform((value) => value ?? null);
const isWhole = (value: string, min: number, max: number) =>
  /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max;
const whole = (fallback: number, min: number, max: number) =>
  optional(z.string().default(String(fallback)))
    .refine((value) => isWhole(value, min, max), { message: `must be a whole number from ${min} to ${max}` })
    .transform(Number);
const wholeOrNull = (min: number, max: number) =>
  text
    .refine((value) => value === null || isWhole(value, min, max), {
      message: `must be a whole number from ${min} to ${max}`,
    })
    .transform((value) => (value === null ? null : Number(value)));
const count = (fallback: number, max: number) => whole(fallback, 1, max);
const list = text.transform((value) => value?.split(',').map((item) => item.trim()) ?? []);
const resources = (fallback: string) =>
  optional(z.string().default(fallback)).transform((value, context) => {
    const parsed = parseResources(value);
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: `must be like ${fallback}` });
    return z.NEVER;
  });
const databaseUrl = text
  .superRefine((value, context) => {
    const fault = value === null ? null : findUrlFault(value);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .transform((value) => value && sayTlsPlainly(value));
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const RATE_UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** `20MB` as bytes; null for what is no rate that PostgreSQL takes. */
function readRate(text: string): number | null {
  const [, amount, unit = ''] = /^([1-9]\d{0,3}) ?(kB|MB|GB)$/.exec(text) ?? [];
  const bytes = Number(amount) * (RATE_UNITS[unit] ?? Number.NaN);
  return bytes >= 32_768 && bytes <= 1e9 ? bytes : null;
}

/** `2GB`, as PostgreSQL writes memory, as bytes; null for what is none, or too little to work with. */
function readMemory(text: string): number | null {
  const [, amount, unit] = /^([1-9]\d{0,5}) ?(MB|GB)$/.exec(text) ?? [];
  const bytes = Number(amount) * (unit === 'GB' ? 2 ** 30 : 2 ** 20);
  return bytes >= 2 ** 28 && bytes <= 2 ** 42 ? bytes : null;
}

const Settings = z.object({
  PORT: whole(8080, 0, 65_535),
  HOST: optional(z.string().default('127.0.0.1')),
  TOYGRES_ALLOWED_ORIGINS: list.refine((origins) => origins.every(isWebOrigin), {
    message: 'must be origins like https://console.example.com, without a path, separated by commas',
  }),
  TOYGRES_HOME: optional(z.string().default('.toygres')),
  DATABASE_URL: databaseUrl,
  TOYGRES_DIRECT_DATABASE_URL: databaseUrl,
  TOYGRES_MIGRATION_DATABASE_URL: databaseUrl,
  TOYGRES_DATABASE_CONNECTIONS: whole(10, 2, 1000),
  TOYGRES_QUEUE_CONNECTIONS: whole(3, 1, 100),
  TOYGRES_START_WAIT_SECONDS: whole(60, 0, 3600),
  TOYGRES_PLATFORM: optional(z.enum(['local', 'kubernetes']).default('local')),
  TOYGRES_NAMESPACE: optional(z.string().regex(namespaceName, 'must be a namespace name').default('toygres-managed')),
  TOYGRES_NAMESPACES: text.refine(
    (value) => value === null || value.split(',').every((name) => namespaceName.test(name.trim())),
    { message: 'must be namespace names, separated by commas' },
  ),
  KUBECONFIG: text,
  TOYGRES_POSTGRES_IMAGE: optional(z.string().default('postgres:{version}')),
  TOYGRES_POSTGRES_VERSIONS: list.refine((versions) => versions.every((one) => /^1[5-8]$/.test(one)), {
    message: 'must be major versions from 15 to 18, separated by commas',
  }),
  TOYGRES_DURABLE_IMAGE: text,
  TOYGRES_JOB_IMAGE: optional(z.string().default('toygres/job:{release}-pg{version}')),
  TOYGRES_DURABLE_JOB_IMAGE: optional(z.string().default('toygres/job-durable:{release}-pg{version}')),
  TOYGRES_STORAGE_CLASS: text,
  TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID: text,
  TOYGRES_SERVER_RESOURCES: resources('cpu=100m/2,memory=256Mi/1Gi'),
  TOYGRES_JOB_RESOURCES: resources('cpu=100m/2,memory=256Mi/2Gi'),
  TOYGRES_PUBLIC_SOURCE_RANGES: list.refine((ranges) => ranges.every(isAddressRange), {
    message: 'must be ranges like 203.0.113.0/24, separated by commas',
  }),
  TOYGRES_SERVER_EGRESS_RANGES: list.refine((ranges) => ranges.every(isAddressRange), {
    message: 'must be ranges like 10.1.0.0/16, separated by commas',
  }),
  TOYGRES_NODE_SELECTOR: list.refine((labels) => labels.every((label) => parseNodeLabel(label) !== null), {
    message: 'must be labels like pool=databases, separated by commas',
  }),
  TOYGRES_TOLERATIONS: list.refine((taints) => taints.every((taint) => parseToleration(taint) !== null), {
    message: 'must be taints like dedicated=databases:NoSchedule, separated by commas',
  }),
  TOYGRES_PRIORITY_CLASS: text.refine(
    (value) => value === null || /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value),
    {
      message: 'must be the name of a PriorityClass',
    },
  ),
  TOYGRES_DNS_SUFFIX: text.refine((value) => value === null || isDomainName(value), {
    message: 'must be a domain like westeurope.cloudapp.azure.com',
  }),
  TOYGRES_START_PATIENCE_SECONDS: count(540, 86_400),
  TOYGRES_POSTGRES_BIN: text,
  AZURE_STORAGE_ACCOUNT: text.refine((value) => value === null || /^[a-z0-9]{3,24}$/.test(value), {
    message: 'must be the name of a storage account (3 to 24 lower-case letters and digits)',
  }),
  AZURE_STORAGE_CONNECTION_STRING: text,
  TOYGRES_IMAGE_CONTAINER: optional(
    z
      .string()
      .regex(/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/, 'must be a blob container name')
      .default('images'),
  ),
  TOYGRES_DEFAULT_IMAGE_METHOD: optional(z.enum(IMAGE_METHODS).default('LOGICAL')),
  ...ACCESS_VARIABLES,
  TOYGRES_ENCRYPTION_KEY: text.refine(
    (value) =>
      value === null ||
      value.split(',').every((key) => /^([A-Za-z0-9+/]{43}=|https:\/\/\S+#[\w-]{43,})$/.test(key.trim())),
    {
      message:
        'must be 32 bytes in base64 (openssl rand -base64 32), or what `toygres keys wrap` printed, or several such, the newest first, between commas',
    },
  ),
  TOYGRES_ENCRYPT_IMAGES: optional(z.enum(['true', 'false']).default('false')),
  TOYGRES_BACKUP_MAX_RATE: text.refine((value) => value === null || readRate(value) !== null, {
    message: 'must be like 20MB or 500kB, from 32kB to 1GB (a second)',
  }),
  TOYGRES_BACKUP_NICE: whole(0, 0, 19),
  TOYGRES_WORKER_CONCURRENCY: count(4, 100),
  TOYGRES_DRIFT_GRACE_SECONDS: whole(900, 0, 31_536_000),
  TOYGRES_KEEP_OPERATIONS_DAYS: count(30, 36_500),
  TOYGRES_KEEP_HEALTH_DAYS: count(7, 36_500),
  TOYGRES_KEEP_LOGS_DAYS: count(30, 36_500),
  TOYGRES_PROBE_PORT: wholeOrNull(0, 65_535),
  TOYGRES_METRICS_TOKEN: text.refine((value) => value === null || value.length >= 16, {
    message: 'must have at least 16 characters',
  }),
  TOYGRES_WEBHOOK_ALLOW_PRIVATE: optional(z.enum(['true', 'false']).default('false')),
  TOYGRES_METRICS_PER_INSTANCE: optional(z.enum(['true', 'false']).default('false')),
  TOYGRES_JOB_CONCURRENCY: wholeOrNull(1, 1000),
  TOYGRES_JOB_MEMORY: text.refine((value) => value === null || readMemory(value) !== null, {
    message: 'must be like 2GB or 800MB, from 256MB to 4096GB',
  }),
  LOG_LEVEL: optional(z.enum(LOG_LEVELS).default('info')),
});

const Environment = Settings.refine(
  (env) => env.AZURE_STORAGE_ACCOUNT === null || env.AZURE_STORAGE_CONNECTION_STRING === null,
  {
    path: ['AZURE_STORAGE_CONNECTION_STRING'],
    message: 'and AZURE_STORAGE_ACCOUNT are both set: keep one of them',
  },
)
  .refine((env) => env.TOYGRES_MIGRATION_DATABASE_URL === null || env.DATABASE_URL !== null, {
    path: ['TOYGRES_MIGRATION_DATABASE_URL'],
    message: 'is the same database as another role: set DATABASE_URL as well',
  })
  .refine((env) => env.TOYGRES_DIRECT_DATABASE_URL === null || env.DATABASE_URL !== null, {
    path: ['TOYGRES_DIRECT_DATABASE_URL'],
    message: 'is the way past the pooler that DATABASE_URL leads to: set DATABASE_URL as well',
  })
  .superRefine((env, context) => {
    const missing = findMissingOidc(env);
    if (missing === null) return;
    context.addIssue({ code: 'custom', path: [missing], message: 'must be set for sign-in by OIDC' });
  });

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
  /** One key, or several between commas, the newest first. */
  /** What backups may take; `maxBytesPerSecond` null: as fast as they can. */
  readonly backupLimits: { readonly maxBytesPerSecond: number | null; readonly nice: number };
  /** Whether files of images are encrypted where nobody says so. */
  readonly encryptImages: boolean;
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
      placement: {
        nodeSelector: Object.fromEntries(env.TOYGRES_NODE_SELECTOR.flatMap((label) => [parseNodeLabel(label) ?? []])),
        tolerations: env.TOYGRES_TOLERATIONS.flatMap((taint) => parseToleration(taint) ?? []),
        priorityClass: env.TOYGRES_PRIORITY_CLASS,
      },
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
