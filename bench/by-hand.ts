import { execFile } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob';
import { ensureAzcopy } from '../src/platform/local/jobs/azcopy.ts';
import type { Dataset } from './dataset.ts';
import { timed } from './figures.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import { DATABASE } from './sample-data.ts';

const execute = promisify(execFile);

/** The plain tools, as somebody with a script of five lines would use them. */
export interface ByHand {
  /** pg_dump -Fc of the one database into a file, azcopy of the file. */
  backUp(connectionString: string): Promise<{ readonly dump: number; readonly upload: number; readonly bytes: number }>;
  /** azcopy of the last backup, a new server with default settings, pg_restore into it with so many jobs. */
  restore(jobs: number): Promise<{ readonly download: number; readonly server: number; readonly restore: number }>;
}

/** What the environment of a login is for libpq. */
function libpqEnvironment(connectionString: string): Record<string, string> {
  const { hostname, port, username, password } = new URL(connectionString);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
  };
}

/** A URL of the standalone server's own blob store, with the leave to write to a container that is made for it. */
async function openContainer(home: string): Promise<(blob: string) => string> {
  const directory = path.join(home, 'state/azurite');
  const key = (await readFile(path.join(directory, 'account-key'), 'utf8')).trim();
  const { port } = JSON.parse(await readFile(path.join(directory, 'server.json'), 'utf8')) as { port: number };
  const endpoint = `http://127.0.0.1:${port}/toygres`;
  const login = `DefaultEndpointsProtocol=http;AccountName=toygres;AccountKey=${key};BlobEndpoint=${endpoint};`;
  const container = BlobServiceClient.fromConnectionString(login).getContainerClient('by-hand');
  await container.createIfNotExists();
  const permissions = ContainerSASPermissions.parse('rwl');
  const url = await container.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 6 * 3600_000) });
  return (blob) => url.replace('?', `/${blob}?`);
}

/** `expected`: what a restored database must hold, as `read` reads it. */
export async function prepareByHand(
  place: Place,
  home: string,
  read: Dataset['read'],
  expected: string,
): Promise<ByHand> {
  const { directory, programs } = place;
  const azcopyPath = await ensureAzcopy(path.join(directory, 'by-hand-state'));
  const urlOf = await openContainer(home);
  const dumpFile = path.join(directory, 'by-hand.dump');
  const fetched = path.join(directory, 'fetched.dump');
  const environment = {
    PATH: '/usr/bin:/bin',
    HOME: directory,
    AZCOPY_LOG_LOCATION: path.join(directory, 'azcopy-log'),
    AZCOPY_JOB_PLAN_LOCATION: path.join(directory, 'azcopy-plan'),
    AZCOPY_DISABLE_SYSLOG: 'true',
  };
  const azcopy = (from: string, to: string, kind: string) =>
    execute(azcopyPath, ['copy', from, to, '--from-to', kind, '--output-level', 'quiet'], { env: environment });
  const program = (name: string, given: readonly string[], server: Readonly<Record<string, string>>) =>
    execute(path.join(programs.directory, name), [...given], { env: { ...environment, ...server } });

  return {
    async backUp(connectionString) {
      await rm(dumpFile, { force: true });
      const server = libpqEnvironment(connectionString);
      const dump = await timed(() => program('pg_dump', ['-Fc', '-f', dumpFile, DATABASE], server));
      const upload = await timed(() => azcopy(dumpFile, urlOf('by-hand.dump'), 'LocalBlob'));
      return { dump: dump.seconds, upload: upload.seconds, bytes: (await stat(dumpFile)).size };
    },
    async restore(jobs) {
      await rm(fetched, { force: true });
      const download = await timed(() => azcopy(urlOf('by-hand.dump'), fetched, 'BlobLocal'));
      const made = await timed(() => startPlainServer(place, 'by-hand-server'));
      await using server = made.value;
      const restore = await timed(async () => {
        await program('createdb', ['-T', 'template0', DATABASE], server.environment);
        await program('pg_restore', ['-d', DATABASE, '-j', String(jobs), fetched], server.environment);
      });
      if ((await read(server.urlOf(DATABASE))) !== expected) throw new Error('what was restored by hand differs');
      return { download: download.seconds, server: made.seconds, restore: restore.seconds };
    },
  };
}
