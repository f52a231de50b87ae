import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { startCluster, stopCluster } from '../../src/postgres-programs/cluster.ts';
import { findPostgresPrograms } from '../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { makeTestCluster } from './make-cluster.ts';

/** A PostgreSQL for the CMS of one test alone, so that it can be stopped in the middle. */
export interface CrashCluster {
  readonly port: number;
  /** The URL by which it is reached at a port: its own, or a proxy's. */
  url(port: number): string;
  /** As `pg_ctl restart` does: sessions are ended. Resolves when it takes connections again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCrashCluster(): Promise<CrashCluster> {
  const [programs] = await findPostgresPrograms(null);
  if (programs === undefined) throw new Error('no PostgreSQL programs are installed');
  const identity = await readServerIdentity();
  const directory = await mkdtemp('/tmp/toygres-cms-');
  await chmod(directory, 0o755);
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  const owner = { programs, identity };
  const dataDirectory = path.join(directory, 'data');
  const port = await freePort();
  const password = 'test-password';
  const initdbArguments = ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  await makeTestCluster(owner, { dataDirectory, superuser: 'postgres', password, initdbArguments });
  const url = (at: number) => `postgresql://postgres:${password}@127.0.0.1:${at}/postgres`;
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    max_connections: '200',
  };
  const start = async () => {
    await startCluster(owner, { dataDirectory, logFile: path.join(directory, 'log'), settings });
    await eventually(
      async () => {
        const client = new pg.Client({ connectionString: url(port) });
        client.on('error', () => undefined);
        const answers = await client.connect().then(
          () => true,
          () => false,
        );
        await client.end().catch(() => undefined);
        return answers;
      },
      (answers) => answers,
    );
  };
  await start();
  return {
    port,
    url,
    async restart() {
      await stopCluster(owner, dataDirectory, 10);
      await start();
    },
    async stop() {
      await stopCluster(owner, dataDirectory, 5);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
