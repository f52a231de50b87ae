import { chmod, chown, glob, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { ensureDebianPackages } from '../../src/embedded/debian-packages.ts';
import { createLogger } from '../../src/log/logger.ts';
import { ensureAzcopy } from '../../src/platform/local/jobs/azcopy.ts';
import { initCluster, startCluster, stopCluster } from '../../src/postgres-programs/cluster.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';
import { startBoss } from '../../src/workflow/queue/boss.ts';
import { freePort } from './free-port.ts';
import { endWhatKilledRunsLeft, noteRun, type RunNote } from './killed-runs.ts';
import { type Descendants, watchDescendants } from './outliving.ts';
import { ROOT } from './source-files.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's URL of the server that all tests share; its database `toygres_template` has the records' and the queue's tables. */
    postgresUrl: string;
    /** What the paths of the bundles of this run begin with. */
    bundles: string;
    /** A directory for clusters that are made once in this run and copied. */
    templates: string;
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (const deadline = Date.now() + 90_000; ; ) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Installs what is missing, as the product's own commands do. Throws with the command to run where that is not allowed. */
async function ensurePrograms(): Promise<PostgresPrograms> {
  const find = () => findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null);
  const state = await mkdtemp('/tmp/toygres-azcopy-');
  try {
    const needed = { hasPostgres: (await find()).length > 0, azcopyPath: await ensureAzcopy(state) };
    await ensureDebianPackages({ ...needed, log: createLogger('info') });
  } finally {
    await rm(state, { recursive: true, force: true });
  }
  const [newest] = await find();
  if (newest === undefined) throw new Error('no PostgreSQL programs were found, also after the installation');
  return newest;
}

/** What all projects of a run share: each has a module of its own to set it up. */
interface Run {
  projects: number;
  readonly postgresUrl: string;
  readonly bundles: string;
  readonly templates: string;
  end(): Promise<void>;
}

async function beginRun(): Promise<Run> {
  const ended = await endWhatKilledRunsLeft();
  if (ended.length > 0)
    process.stderr.write(`runs that were killed had left these, ended now:\n  ${ended.join('\n  ')}\n`);
  const note = await noteRun();
  const descendants = watchDescendants(process.pid, undefined, (living) => note.note(living));
  await using stops = new AsyncDisposableStack();
  stops.defer(() => refuseOutliving(descendants, note));
  const programs = await ensurePrograms();
  const identity = await readServerIdentity();
  const directory = await mkdtemp('/tmp/toygres-test-');
  note.keepDirectory(directory);
  stops.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  const templates = path.join(directory, 'templates');
  await mkdir(templates, { mode: 0o755 });
  const bundles = path.join(ROOT, `dist/test-${crypto.randomUUID()}`);
  stops.defer(async () => {
    for await (const bundle of glob(`${bundles}-*`)) await rm(bundle, { recursive: true, force: true });
  });
  const owner = { programs, identity };
  const dataDirectory = path.join(directory, 'data');
  stops.defer(() => stopCluster(owner, dataDirectory, 5));
  const port = await freePort();
  await initCluster(owner, {
    dataDirectory,
    superuser: 'postgres',
    password: 'test-password',
    initdbArguments: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
  });
  await startCluster(owner, {
    dataDirectory,
    logFile: path.join(directory, 'log'),
    settings: {
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: directory,
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      max_connections: '400',
    },
  });
  const url = (name: string) => `postgresql://postgres:test-password@127.0.0.1:${port}/${name}`;
  await untilAnswers(url('postgres'));
  const admin = new pg.Client({ connectionString: url('postgres') });
  await admin.connect();
  await admin.query('CREATE DATABASE toygres_template');
  await admin.end();
  await migrateDatabase(url('toygres_template'));
  // It makes its tables as it starts.
  const boss = await startBoss({ url: url('toygres_template'), log: createLogger('warn') });
  await boss.stop({ graceful: false });
  const kept = stops.move();
  return { projects: 0, postgresUrl: url('postgres'), bundles, templates, end: () => kept.disposeAsync() };
}

async function refuseOutliving(descendants: Descendants, note: RunNote): Promise<void> {
  const left = await descendants.findOutliving();
  await note.remove();
  if (left.length === 0) return;
  process.exitCode = 1;
  throw new Error(`tests left these processes running:\n  ${left.join('\n  ')}`);
}

const RUN = Symbol.for('toygres test run');
const kept = globalThis as { [RUN]?: Promise<Run> };

/**
 * Boots one PostgreSQL for the whole run, with a database of records and queues for the test files to clone. The run fails when a process
 * outlives it that a test has started.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  kept[RUN] ??= beginRun();
  const run = await kept[RUN];
  run.projects += 1;
  project.provide('postgresUrl', run.postgresUrl);
  project.provide('bundles', run.bundles);
  project.provide('templates', run.templates);
  return async () => {
    run.projects -= 1;
    if (run.projects > 0) return;
    delete kept[RUN];
    await run.end();
  };
}
