import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createSecretBox } from '../src/secrets/secret-box.ts';
import { parseSecretKey } from '../src/secrets/secret-key.ts';
import { median } from './figures.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { type PlainServer, startPlainServer } from './plain-server.ts';
import type { SectionReport } from './report.ts';
import { runSql } from './sql.ts';
import { type Standalone, startStandalone } from './standalone.ts';

const INSTANCES = 1000;
const SERVERS = 3;
/** One round of checks, in which each instance is checked once. */
const WINDOW_MS = 30_000;
/** What only a start does, or a new instance, is over by then. */
const SETTLED_MS = WINDOW_MS + 5000;

interface Reading {
  readonly at: number;
  readonly calls: number;
  readonly cpuSeconds: number;
  readonly checks: number;
}

/** What one window saw. */
interface Window {
  readonly seconds: number;
  readonly queriesPerSecond: number;
  readonly cpuPerSecond: number;
  readonly checks: number;
}

async function read(records: string, standalone: Standalone): Promise<Reading> {
  const page = await standalone.readMetrics();
  const [row] = await runSql<{ calls: string; checks: string }>(
    records,
    `SELECT (SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE dbid =
        (SELECT oid FROM pg_database WHERE datname = current_database())) AS calls,
      (SELECT count(*) FROM cms.health_checks) AS checks`,
  );
  return {
    at: performance.now(),
    calls: Number(row?.calls),
    cpuSeconds: Number(/^process_cpu_seconds_total (\S+)$/m.exec(page)?.[1]),
    checks: Number(row?.checks),
  };
}

async function watch(records: string, standalone: Standalone): Promise<Window> {
  const before = await read(records, standalone);
  await delay(WINDOW_MS);
  const after = await read(records, standalone);
  const seconds = (after.at - before.at) / 1000;
  return {
    seconds,
    // The reading itself is one statement for the metrics and one of ours.
    queriesPerSecond: (after.calls - before.calls - 2) / seconds,
    cpuPerSecond: (after.cpuSeconds - before.cpuSeconds) / seconds,
    checks: after.checks - before.checks,
  };
}

/** Multiplies the records of the real instances until there are enough; their copies are reached at the same servers. */
async function multiplyRecords(records: string, { product }: Standalone, ids: readonly string[], key: string) {
  const secrets = createSecretBox({ keys: [parseSecretKey(key)] });
  const passwords = await Promise.all(
    ids.map(async (id) => decodeURIComponent(new URL(await product.connectionString(id)).password)),
  );
  const copies = Array.from({ length: INSTANCES - ids.length }, (_, index) => {
    const id = randomUUID();
    const of = index % ids.length;
    return { id, of: ids[of], name: `copy-${index}`, sealed: secrets.encrypt(passwords[of] ?? '', id) };
  });
  await runSql(
    records,
    `INSERT INTO cms.instances (id, name, resource_name, namespace, platform, image_type, postgres_version, storage_gib,
       exposure, state, encrypted_password, endpoint)
     SELECT c.id, c.name, c.name || '-00000000', i.namespace, i.platform, i.image_type, i.postgres_version, i.storage_gib,
       i.exposure, 'RUNNING', c.sealed, i.endpoint
     FROM jsonb_to_recordset($1::jsonb) AS c(id uuid, "of" uuid, name text, sealed text)
     JOIN cms.instances i ON i.id = c."of"`,
    [JSON.stringify(copies)],
  );
}

/** The most connections that the servers had at a time, looked at until told to stop. */
function watchConnections(logins: readonly string[]): { stop(): Promise<number> } {
  let isOver = false;
  let most = 0;
  const looking = (async () => {
    while (!isOver) {
      const counts = await Promise.all(
        logins.map((login) =>
          runSql<{ count: number }>(
            login,
            `SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
          ),
        ),
      );
      most = Math.max(most, ...counts.map(([row]) => row?.count ?? 0));
      await delay(250);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await looking;
      return most;
    },
  };
}

async function topStatements(records: string): Promise<string[]> {
  const rows = await runSql<{ calls: string; query: string }>(
    records,
    `SELECT calls, regexp_replace(query, '\\s+', ' ', 'g') AS query FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY calls DESC LIMIT 6`,
  );
  return rows.map(({ calls, query }) => `${calls} x ${query.slice(0, 90)}`);
}

async function openRecords(place: Place): Promise<PlainServer> {
  const server = await startPlainServer(place, 'idle-records', { shared_preload_libraries: 'pg_stat_statements' });
  await runSql(server.urlOf('postgres'), 'CREATE EXTENSION pg_stat_statements');
  return server;
}

/** What a standalone server asks of its database while nobody asks anything of it, and what health checks cost. */
export async function benchIdle(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  await using server = await openRecords(place);
  const records = server.urlOf('postgres');
  const key = randomBytes(32).toString('base64');
  await using standalone = await startStandalone(place, 'idle-home', {
    DATABASE_URL: records,
    TOYGRES_ENCRYPTION_KEY: key,
  });
  const { product } = standalone;
  const windows = Math.min(runs, 2);
  await delay(SETTLED_MS);
  const reset = () => runSql(records, 'SELECT pg_stat_statements_reset()');

  const empty: Window[] = [];
  place.say(`idle: ${windows} windows of ${WINDOW_MS / 1000} s without instances`);
  await reset();
  for (let i = 0; i < windows; i += 1) empty.push(await watch(records, standalone));
  const emptyStatements = await topStatements(records);

  const ids: string[] = [];
  for (let i = 1; i <= SERVERS; i += 1) {
    ids.push((await product.run('createInstance', 'instance', { name: `server-${i}` })).id);
  }
  await multiplyRecords(records, standalone, ids, key);
  place.say(`idle: ${windows} windows of ${WINDOW_MS / 1000} s with ${INSTANCES} instances`);
  await delay(SETTLED_MS);
  await reset();
  const connections = watchConnections(await Promise.all(ids.map((id) => product.connectionString(id))));
  const full: Window[] = [];
  for (let i = 0; i < windows; i += 1) full.push(await watch(records, standalone));
  const most = await connections.stop();
  const fullStatements = await topStatements(records);
  const [health] = await runSql<{ unwell: number; latency: number }>(
    records,
    `SELECT count(*) FILTER (WHERE status <> 'HEALTHY')::int AS unwell,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS latency
     FROM cms.health_checks WHERE at > now() - interval '1 minute'`,
  );
  const queriesAlone = median(empty.map(({ queriesPerSecond }) => queriesPerSecond));
  const cpuAlone = median(empty.map(({ cpuPerSecond }) => cpuPerSecond));
  const perCheck = (of: (window: Window) => number) =>
    full.map((window) => (Math.max(0, of(window)) * window.seconds) / window.checks);
  return {
    section: `a standalone server that nobody asks anything, in windows of ${WINDOW_MS / 1000} s`,
    measurements: [
      {
        name: 'database queries a second, 0 instances',
        unit: '/s',
        values: empty.map(({ queriesPerSecond }) => queriesPerSecond),
        notes: emptyStatements,
      },
      {
        name: `database queries a second, ${INSTANCES} instances`,
        unit: '/s',
        values: full.map(({ queriesPerSecond }) => queriesPerSecond),
        notes: fullStatements,
      },
      {
        name: 'health checks a second',
        unit: '/s',
        values: full.map(({ checks, seconds }) => checks / seconds),
        notes: [
          `${INSTANCES} instances at ${SERVERS} servers, each every 30 s; ${health?.unwell ?? 0} checks found something wrong`,
          `a server had ${most} connections at most at a time; connecting took ${health?.latency?.toFixed(1)} ms (median)`,
        ],
      },
      {
        name: 'database queries a health check',
        unit: '',
        values: perCheck(({ queriesPerSecond }) => queriesPerSecond - queriesAlone),
      },
      {
        name: "processor time a health check, server's own",
        unit: 'ms',
        values: perCheck(({ cpuPerSecond }) => cpuPerSecond - cpuAlone).map((seconds) => seconds * 1000),
      },
      {
        name: 'processor share while idle, 0 instances',
        unit: '%',
        values: empty.map(({ cpuPerSecond }) => cpuPerSecond * 100),
      },
    ],
  };
}
