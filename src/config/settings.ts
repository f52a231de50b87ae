import * as z from 'zod';
import { IMAGE_METHODS } from '../../schema/states.ts';
import { LOG_LEVELS } from '../log/logger.ts';
import { ACCESS_VARIABLES, findMissingOidc } from './access-variables.ts';
import { findVersionFault } from './container-images.ts';
import { findTokenFault } from './database-url.ts';
import {
  count,
  databaseUrl,
  images,
  list,
  namespaceName,
  optional,
  readMemory,
  readRate,
  resources,
  text,
  whole,
  wholeOrNull,
} from './forms.ts';
import { isAddressRange, isDomainName, isWebOrigin } from './networks.ts';
import { placementVariables } from './placement-variables.ts';

/** Every variable that is ours, with how its value must be. */
export const Settings = z.object({
  PORT: whole(8080, 0, 65_535),
  HOST: optional(z.string().default('127.0.0.1')),
  TOYGRES_ALLOWED_ORIGINS: list.refine((origins) => origins.every(isWebOrigin), {
    message: 'must be origins like https://console.example.com, without a path, separated by commas',
  }),
  TOYGRES_HOME: optional(z.string().default('.toygres')),
  DATABASE_URL: databaseUrl,
  TOYGRES_DIRECT_DATABASE_URL: databaseUrl,
  TOYGRES_MIGRATION_DATABASE_URL: databaseUrl,
  TOYGRES_DATABASE_LOGIN: optional(z.enum(['password', 'entra']).default('password')),
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
  TOYGRES_POSTGRES_IMAGE: images.transform((value) => value ?? 'postgres:{version}'),
  TOYGRES_POSTGRES_VERSIONS: list.refine((versions) => versions.every((one) => /^1[5-8]$/.test(one)), {
    message: 'must be major versions from 15 to 18, separated by commas',
  }),
  TOYGRES_DURABLE_IMAGE: images,
  TOYGRES_JOB_IMAGE: images.transform((value) => value ?? 'toygres/job:{release}-pg{version}'),
  TOYGRES_DURABLE_JOB_IMAGE: images.transform((value) => value ?? 'toygres/job-durable:{release}-pg{version}'),
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
  ...placementVariables(text, list),
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
  TOYGRES_SIZE_MARGIN: whole(10, 1, 1000),
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

const DATABASE_URLS = ['DATABASE_URL', 'TOYGRES_DIRECT_DATABASE_URL', 'TOYGRES_MIGRATION_DATABASE_URL'] as const;
const IMAGE_SETTINGS = ['TOYGRES_POSTGRES_IMAGE', 'TOYGRES_JOB_IMAGE'] as const;

/** All of them, with what must fit together. */
export const Environment = Settings.refine(
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
    if (env.TOYGRES_DATABASE_LOGIN !== 'entra') return;
    for (const name of DATABASE_URLS) {
      const fault = findTokenFault(env[name], name === 'DATABASE_URL');
      if (fault !== null) context.addIssue({ code: 'custom', path: [name], message: fault });
    }
  })
  .superRefine((env, context) => {
    for (const name of IMAGE_SETTINGS) {
      const fault = env[name] === null ? null : findVersionFault(env[name], env.TOYGRES_POSTGRES_VERSIONS);
      if (fault !== null) context.addIssue({ code: 'custom', path: [name], message: fault });
    }
  })
  .superRefine((env, context) => {
    const missing = findMissingOidc(env);
    if (missing === null) return;
    context.addIssue({ code: 'custom', path: [missing], message: 'must be set for sign-in by OIDC' });
  });
