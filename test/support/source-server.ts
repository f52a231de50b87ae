import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { startCluster, stopCluster } from '../../src/postgres-programs/cluster.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';
import { freePort } from './free-port.ts';
import { makeTestCluster } from './make-cluster.ts';
import type { ServerLogin } from './server-facts.ts';

/** A PostgreSQL of a test's own. */
export interface SourceServer extends ServerLogin {
  readonly dataDirectory: string;
  /** The rows of the last statement, as objects. */
  query(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** As a crash of the machine would: no goodbye. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

async function connect(login: ServerLogin, database: string): Promise<pg.Client> {
  // Whatever the role is set to must not keep a test from filling its server.
  const options = '-c default_transaction_read_only=off -c search_path=public -c statement_timeout=0';
  const client = new pg.Client({ ...login, database, options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function untilAnswers(login: ServerLogin): Promise<void> {
  for (const deadline = Date.now() + 90_000; ; ) {
    try {
      return await (await connect(login, 'template1')).end();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export interface SourceServerOptions {
  /** A directory that the server's user owns; the data directory is made below it, or is there already. */
  readonly directory: string;
  readonly password: string;
  /** Null: the cluster is there already. */
  readonly initdbArguments: readonly string[] | null;
  readonly settings?: Readonly<Record<string, string>>;
  /** Other ones than the machine's. */
  readonly programs?: PostgresPrograms | undefined;
}

/** Makes a cluster where there is none, starts it and waits until it answers. */
export async function startSourceServer(options: SourceServerOptions): Promise<SourceServer> {
  const programs = options.programs ?? (await findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null))[0];
  if (programs === undefined) throw new Error('no PostgreSQL server programs found: apt-get install postgresql');
  const owner = { programs, identity: await readServerIdentity() };
  const dataDirectory = path.join(options.directory, 'pgdata');
  if (options.initdbArguments !== null) {
    const initdbArguments = ['--no-sync', ...options.initdbArguments];
    await makeTestCluster(owner, { dataDirectory, superuser: 'postgres', password: options.password, initdbArguments });
  }
  const login = { host: '127.0.0.1', port: await freePort(), user: 'postgres', password: options.password };
  const pid = await startCluster(owner, {
    dataDirectory,
    logFile: path.join(options.directory, 'server.log'),
    settings: {
      port: String(login.port),
      listen_addresses: login.host,
      unix_socket_directories: '',
      fsync: 'off',
      ...options.settings,
    },
  });
  await untilAnswers(login).catch(async (error: unknown) => {
    const log = await readFile(path.join(options.directory, 'server.log'), 'utf8').catch(() => '');
    throw new Error(`the server does not answer: ${log.slice(-2_000)}`, { cause: error });
  });
  return {
    ...login,
    dataDirectory,
    query: async (database, sql) => {
      const client = await connect(login, database);
      try {
        const answers = await client.query<Record<string, unknown>>(sql);
        return (
          (Array.isArray(answers) ? (answers as pg.QueryResult<Record<string, unknown>>[]).at(-1) : answers)?.rows ?? []
        );
      } finally {
        await client.end();
      }
    },
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      // It fails when the system was quicker and has nothing left to stop.
      await stopCluster(owner, dataDirectory, 5).catch(() => undefined);
    },
    stop: () => stopCluster(owner, dataDirectory, 20),
  };
}
