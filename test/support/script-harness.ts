import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { ClusterSettings, type ClusterSettings as Settings } from '../../jobs/ports/source-facts.ts';
import type { PostgresPrograms } from '../../src/postgres-programs/find.ts';
import { startAzurite, type TestAzurite } from './azurite.ts';
import { createScriptRunner, type ScriptEnd, type ScriptRun, type ScriptRunner } from './job-script.ts';
import { type SourceServer, startSourceServer } from './source-server.ts';

const CONTAINER = 'images';

/** What a backup said and where it went. */
export interface TakenImage {
  readonly id: string;
  readonly url: string;
  readonly end: ScriptEnd;
  readonly password: string;
}

export interface RestoredVolume {
  readonly volume: string;
  readonly end: ScriptEnd;
}

/** Replaces parts of what a script is given. */
export interface RunChanges {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly programsBefore?: string;
  readonly scratchParent?: string;
}

/** A blob store, scripts and servers of one test file. */
export interface ScriptHarness {
  readonly runner: ScriptRunner;
  readonly azurite: TestAzurite;
  readonly container: ReturnType<BlobServiceClient['getContainerClient']>;
  readonly password: string;
  makeSource(initdbArguments: readonly string[], settings?: Readonly<Record<string, string>>): Promise<SourceServer>;
  backupRun(source: SourceServer, imageId: string, changes?: RunChanges): ScriptRun;
  restoreRun(image: TakenImage, volume: string, changes?: RunChanges): ScriptRun;
  backup(source: SourceServer, changes?: RunChanges): Promise<TakenImage>;
  /** On a new volume unless one is given. */
  restore(image: TakenImage, changes?: RunChanges & { readonly volume?: string }): Promise<RestoredVolume>;
  /** Starts the restored cluster; it is stopped with the harness. */
  startRestored(volume: string, password?: string, settings?: Readonly<Record<string, string>>): Promise<SourceServer>;
  stop(): Promise<void>;
}

/** A signature for all of a container. */
export function leave(azurite: TestAzurite, permissions: string, containerName = CONTAINER): string {
  const field = (key: string) => new RegExp(`${key}=([^;]+)`).exec(azurite.connectionString)?.[1] ?? '';
  const credential = new StorageSharedKeyCredential(field('AccountName'), field('AccountKey'));
  const expiresOn = new Date(Date.now() + 3_600_000);
  const wish = { containerName, permissions: ContainerSASPermissions.parse(permissions), expiresOn };
  return generateBlobSASQueryParameters(wish, credential).toString();
}

function clusterParameters(result: Record<string, unknown> | undefined): Record<string, string> {
  const cluster: Settings = ClusterSettings.parse(result?.cluster);
  return {
    TOYGRES_ENCODING: cluster.encoding,
    TOYGRES_LOCALE_PROVIDER: cluster.localeProvider,
    TOYGRES_LC_COLLATE: cluster.lcCollate,
    TOYGRES_LC_CTYPE: cluster.lcCtype,
    TOYGRES_LOCALE: cluster.locale ?? '',
    TOYGRES_ICU_RULES: cluster.icuRules ?? '',
    TOYGRES_DATA_CHECKSUMS: String(cluster.dataChecksums),
  };
}

/** The SHA-256 of checksums.tsv that a backup answered. */
export function checksumsSha256(end: ScriptEnd): string {
  const checksums = end.results[0]?.checksums as { sha256?: string } | undefined;
  return checksums?.sha256 ?? '';
}

/** The size of it. */
function checksumsBytes(end: ScriptEnd): string {
  const checksums = end.results[0]?.checksums as { sizeBytes?: number } | undefined;
  return String(checksums?.sizeBytes ?? 0);
}

/** Starts a blob store of its own; servers and volumes are made as asked for. */
export async function createScriptHarness(programs?: PostgresPrograms): Promise<ScriptHarness> {
  const runner = await createScriptRunner(programs);
  const azurite = await startAzurite();
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  const password = `it's a "pass":\\word $(x) ${randomUUID()} é`;
  const servers: SourceServer[] = [];
  const keep = (server: SourceServer) => {
    servers.push(server);
    return server;
  };
  const harness: ScriptHarness = {
    runner,
    azurite,
    container,
    password,
    makeSource: async (initdbArguments, settings = {}) => {
      const directory = await runner.makeDirectory('source');
      return keep(await startSourceServer({ directory, password, initdbArguments, settings, programs }));
    },
    backupRun: (source, imageId, changes = {}) => ({
      ...changes,
      parameters: {
        PGHOST: source.host,
        PGPORT: String(source.port),
        PGUSER: source.user,
        TOYGRES_IMAGE_URL: `${container.url}/${imageId}`,
        TOYGRES_PARALLEL: '2',
        ...changes.parameters,
      },
      secrets: { password: source.password, sas: leave(azurite, 'cw'), ...changes.secrets },
    }),
    restoreRun: (image, volume, changes = {}) => ({
      ...changes,
      parameters: {
        TOYGRES_VOLUME: volume,
        TOYGRES_IMAGE_ID: image.id,
        TOYGRES_IMAGE_URL: image.url,
        TOYGRES_PARALLEL: '2',
        TOYGRES_CHECKSUMS_SHA256: checksumsSha256(image.end),
        TOYGRES_CHECKSUMS_BYTES: checksumsBytes(image.end),
        TOYGRES_DURABLE_FUNCTIONS: 'CANCEL',
        TOYGRES_ALLOW_EXTENSION_UPGRADE: 'false',
        ...clusterParameters(image.end.results[0]),
        ...changes.parameters,
      },
      secrets: { password: image.password, sas: leave(azurite, 'rl'), ...changes.secrets },
    }),
    backup: async (source, changes) => {
      const id = randomUUID();
      const end = await runner.run('backup.sh', harness.backupRun(source, id, changes));
      return { id, url: `${container.url}/${id}`, end, password: source.password };
    },
    restore: async (image, changes = {}) => {
      const volume = changes.volume ?? (await runner.makeDirectory('volume'));
      return { volume, end: await runner.run('restore.sh', harness.restoreRun(image, volume, changes)) };
    },
    startRestored: async (volume, login = password, settings = {}) =>
      keep(
        await startSourceServer({
          directory: volume,
          password: login,
          initdbArguments: null,
          settings: { listen_addresses: '127.0.0.1', ...settings },
          programs,
        }),
      ),
    stop: async () => {
      for (const server of servers) await server.stop();
      await azurite.stop();
      await runner.stop();
    },
  };
  return harness;
}

/** The content of a file of the last attempt's working directory. */
export function readWorkFile(end: ScriptEnd, name: string): Promise<string> {
  return readFile(path.join(end.scratchDirectory, 'work', name), 'utf8');
}

/** Makes a directory that programs can be put in. */
export async function makeProgramDirectory(runner: ScriptRunner): Promise<string> {
  const directory = path.join(await runner.makeDirectory('programs'), 'bin');
  await mkdir(directory);
  return directory;
}
