import { AppError } from '../../schema/errors.ts';
import type { Config } from '../config/env.ts';
import { startEmbeddedAzurite } from '../embedded/azurite.ts';
import { type Home, openHome } from '../embedded/home.ts';
import { readOrCreateEncryptionKey, readOrCreateToken } from '../embedded/kept-secret.ts';
import { startEmbeddedPostgres } from '../embedded/postgres.ts';
import type { Logger } from '../log/logger.ts';
import { readServerIdentity } from '../postgres-programs/identity.ts';
import type { BlobLogin } from '../storage/blob-account.ts';
import { unwrapKeys } from '../storage/key-vault.ts';
import type { Machine } from './machine.ts';
import { prepareMachine } from './machine.ts';
import type { Mode } from './mode.ts';
import type { Stops } from './stops.ts';

/** What a server stands on: the configured services, or embedded ones in their place. */
export interface Foundations {
  readonly home: Home;
  /** Null: neither the platform nor anything embedded needs programs of this machine. */
  readonly machine: Machine | null;
  readonly databaseUrl: string;
  /** The same database as the role that owns its schemas; null: the service migrates as who it is. */
  readonly migrationUrl: string | null;
  readonly blobLogin: BlobLogin;
  readonly encryptionKey: string;
  readonly token: string;
}

/** Only the standalone server brings services of its own; the others would each bring another one. */
function requireConfigured(config: Config, mode: Mode): void {
  if (mode === 'standalone') return;
  const missing = [
    ...(config.databaseUrl === null ? ['DATABASE_URL'] : []),
    ...(config.storageAccount === null && config.storageConnectionString === null
      ? ['AZURE_STORAGE_ACCOUNT (or AZURE_STORAGE_CONNECTION_STRING)']
      : []),
  ];
  if (missing.length === 0) return;
  throw new AppError(
    'INVALID_INPUT',
    `toygres ${mode} shares its services with other processes: set ${missing.join(' and ')}, or run toygres standalone.`,
  );
}

async function readEncryptionKey(config: Config, home: Home): Promise<string> {
  if (config.encryptionKey !== null) return unwrapKeys(config.encryptionKey, config);
  if (config.databaseUrl === null) return readOrCreateEncryptionKey(home.directory);
  throw new AppError(
    'INVALID_INPUT',
    'TOYGRES_ENCRYPTION_KEY: must be set together with DATABASE_URL, the same for every server (openssl rand -base64 32)',
  );
}

async function chooseBlobLogin(config: Config, home: Home, log: Logger, stops: Stops): Promise<BlobLogin> {
  if (config.storageAccount !== null) return { account: config.storageAccount };
  if (config.storageConnectionString !== null) return { connectionString: config.storageConnectionString };
  if (config.platform === 'kubernetes') {
    throw new AppError(
      'INVALID_INPUT',
      'AZURE_STORAGE_ACCOUNT (or AZURE_STORAGE_CONNECTION_STRING): must be set with TOYGRES_PLATFORM=kubernetes, ' +
        'since jobs in the cluster cannot reach a blob store that is embedded here.',
    );
  }
  const azurite = await startEmbeddedAzurite({ stateDirectory: home.stateDirectory, log });
  stops.defer('the embedded blob store', () => azurite.stop(), { withinMs: 45_000 });
  return { connectionString: azurite.connectionString };
}

/** Opens the home and starts what is not configured; each thing's stop is put on `stops` as soon as it runs. */
export async function layFoundations(config: Config, mode: Mode, log: Logger, stops: Stops): Promise<Foundations> {
  requireConfigured(config, mode);
  const identity = await readServerIdentity();
  const home = await openHome({ directory: config.home, identity, exclusive: mode === 'standalone', log });
  stops.defer('the hold on the home', () => home.release());
  const encryptionKey = await readEncryptionKey(config, home);
  const token = config.apiToken ?? (await readOrCreateToken(home.directory));
  let { databaseUrl, migrationDatabaseUrl: migrationUrl } = config;
  const needsMachine = config.platform === 'local' || databaseUrl === null;
  const machine = needsMachine ? await prepareMachine(config, home, log) : null;
  if (databaseUrl === null) {
    const programs = machine ?? (await prepareMachine(config, home, log));
    const postgres = await startEmbeddedPostgres({ ...programs, stateDirectory: home.stateDirectory, log });
    stops.defer('the embedded database', () => postgres.stop(), { withinMs: 60_000 });
    databaseUrl = postgres.url;
    migrationUrl = postgres.ownerUrl;
  }
  const blobLogin = await chooseBlobLogin(config, home, log, stops);
  return { home, machine, databaseUrl, migrationUrl, blobLogin, encryptionKey, token };
}
