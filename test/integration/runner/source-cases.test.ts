import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import type { WatchedInstance } from '../../../src/stores/upkeep/health.ts';
import { checkServer } from '../../../src/upkeep/health/check-server.ts';
import { makeCase, readCaseCheck } from '../../support/case-server.ts';
import { eventually } from '../../support/eventually.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], { max_prepared_transactions: '5' });
}, 120_000);
afterAll(() => harness?.stop());

const dropped: string[] = [];
afterEach(async () => {
  for (const database of dropped.splice(0)) await source.query('postgres', `DROP DATABASE ${database}`);
});

const backup = (parameters: Record<string, string> = {}) => harness.backup(source, { parameters });

type Finding = { readonly code: string; readonly severity: string; readonly object: string | null };
const findingsOf = (end: ScriptEnd) => (end.results[0]?.findings ?? []) as Finding[];

describe('rows that no logical image can carry', () => {
  beforeAll(() => makeCase(source, 'rows-wider-than-a-page'));
  afterAll(() => source.query('postgres', 'DROP DATABASE c12'));

  test('fail it once, before anything is dumped, with database, table, reason and the way out', async () => {
    const { end } = await backup();
    expect(end).toMatchObject({ exitCode: 78, results: [] });
    expect(end.errors.at(-1)).toMatch(/^database c12: rows of public\.wide fit no page.*PHYSICAL.*acceptLoss: ROWS$/);
    expect(end.progress).toEqual([]);
  });

  test('are a finding where their loss is accepted', async () => {
    const { end } = await backup({ TOYGRES_ACCEPT_LOSS: 'ROWS' });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(findingsOf(end)).toMatchObject([
      { code: 'ROWS_NOT_LOADABLE', severity: 'CRITICAL', database: 'c12', object: 'public.wide' },
    ]);
    // Said as soon as it is known, and once.
    expect(end.lines.filter((line) => line.startsWith('::toygres:: finding '))).toHaveLength(1);
  });
});

describe('bytes that the encoding refuses', () => {
  beforeAll(() => makeCase(source, 'bytes-that-are-no-utf8'));
  afterAll(() => source.query('postgres', 'DROP DATABASE c23'));

  test('fail the image, with the table and the row, where rows may not be lost', async () => {
    const { end } = await backup();
    expect(end).toMatchObject({ exitCode: 78, results: [] });
    expect(end.errors.at(-1)).toMatch(
      /^database c23: row 2 of public\.notes holds bytes that are no UTF8.*PHYSICAL.*acceptLoss: ROWS$/,
    );
  });

  test('are a finding where their loss is accepted', async () => {
    const { end } = await backup({ TOYGRES_ACCEPT_LOSS: 'ROWS' });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(findingsOf(end)).toMatchObject([
      { code: 'ROWS_NOT_LOADABLE', severity: 'CRITICAL', database: 'c23', object: 'public.notes' },
    ]);
  });
});

test('an object that will not come back is a finding, and fails the image where nothing may be lost', async () => {
  await makeCase(source, 'matview-over-a-foreign-table');
  dropped.push('c09');
  const { end } = await backup();
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(findingsOf(end)).toMatchObject([
    { code: 'MATERIALIZED_VIEW_EMPTY', severity: 'WARNING', object: 'public.kept' },
  ]);
  const refused = await backup({ TOYGRES_ACCEPT_LOSS: 'NOTHING' });
  expect(refused.end).toMatchObject({ exitCode: 78, results: [] });
  expect(refused.end.errors.at(-1)).toMatch(/public\.kept .*acceptLoss: OBJECTS$/);
});

test('a forgotten prepared transaction is named while the dump waits for it, and by the failure with what frees it', async () => {
  await makeCase(source, 'forgotten-prepared-transaction', { after_restart: '1' });
  dropped.push('c26');
  const { end } = await backup({ TOYGRES_LOCK_PATIENCE_SECONDS: '3' });
  await source.query('c26', `ROLLBACK PREPARED 'c26-forgotten'`);
  // The job ends with it: the next attempt would wait for the same, and the operation for all three.
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.progress.map(({ message }) => message)).toContain(
    "waiting for table public.ledger, which the prepared transaction 'c26-forgotten' holds",
  );
  expect(end.errors.at(-1)).toMatch(
    /^the dump of database c26 failed: it has waited \d+ s for table public\.ledger.*Free it with ROLLBACK PREPARED 'c26-forgotten';$/,
  );
  expect((await backup()).end).toMatchObject({ exitCode: 0, errors: [] });
});

test('sessions that wait behind an image are counted while they do, with who has waited the longest, and afterwards', async () => {
  await source.query('postgres', 'CREATE DATABASE queued');
  dropped.push('queued');
  await source.query('queued', `CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE kept (a int)`);
  const connect = async (application_name: string) => {
    const client = new pg.Client({ ...source, database: 'queued', application_name });
    await client.connect();
    return client;
  };
  const [holder, changer, reader] = [await connect('holder'), await connect('deploys'), await connect('reads')];
  const until = (condition: string) =>
    eventually(
      () => source.query('postgres', `SELECT FROM pg_stat_activity WHERE datname = 'queued' AND ${condition}`),
      (rows) => rows.length > 0,
    );
  try {
    // The dump has locked the one and waits for the other.
    await holder.query('BEGIN; LOCK TABLE kept');
    const image = await harness.runner.start('backup.sh', harness.backupRun(source, randomUUID()));
    await until(`wait_event_type = 'Lock'`);
    const change = changer.query('ALTER TABLE t ADD b int');
    await until(`application_name = 'deploys' AND wait_event_type = 'Lock'`);
    const read = reader.query('SELECT a FROM t');
    await until(`application_name = 'reads' AND wait_event_type = 'Lock'`);
    await image.untilLine(
      /2 sessions wait behind the locks of this image, the longest for \d+ s: process \d+ \(postgres, deploys\) for table public\.t/,
    );
    await holder.query('ROLLBACK');
    const end = await image.ended;
    await Promise.all([change, read]);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(end.results[0]?.notices).toContainEqual(
      expect.stringMatching(
        /^database queued: 2 sessions waited behind the locks of this image, the longest for \d+ s: process \d+ \(postgres, deploys\) for table public\.t$/,
      ),
    );
  } finally {
    for (const one of [holder, changer, reader]) await one.end();
  }
});

test('a session that holds a table is named with its user and what ends it', async () => {
  await source.query('postgres', 'CREATE DATABASE held');
  dropped.push('held');
  await source.query('held', 'CREATE TABLE t (a int)');
  const holding = source.query('held', `BEGIN; LOCK TABLE t; SELECT pg_sleep(600)`).catch(() => undefined);
  const { end } = await backup({ TOYGRES_LOCK_PATIENCE_SECONDS: '3' });
  await source.query(
    'postgres',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()`,
  );
  await holding;
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(
    /waited \d+ s for table public\.t, which process \d+ \(postgres\) holds by a statement of \d{4}-.*Free it with SELECT pg_terminate_backend\(\d+\);$/,
  );
});

test('settings for all roles in all databases come back', async () => {
  await makeCase(source, 'alter-role-all');
  await source.query(
    'postgres',
    `ALTER ROLE ALL SET search_path = 'a "b', public; ALTER ROLE ALL SET "my.own" = 'it''s'`,
  );
  const check = `SELECT s FROM pg_db_role_setting, unnest(setconfig) s WHERE setrole = 0 AND setdatabase = 0 ORDER BY s`;
  const image = await harness.backup(source);
  const wanted = await source.query('postgres', check);
  await source.query('postgres', 'ALTER ROLE ALL RESET ALL');
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(wanted).toHaveLength(4);
  const { volume, end } = await harness.restore(image);
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(volume, source.password);
  expect(await copy.query('postgres', check)).toEqual(wanted);
}, 240_000);

test('a server with few connections is dumped with fewer, and is found healthy meanwhile', async () => {
  const small = await harness.makeSource(['--encoding=UTF8', '--locale=C'], {
    max_connections: '10',
    superuser_reserved_connections: '1',
    max_wal_senders: '0',
  });
  await small.query('postgres', 'CREATE TABLE held (n int)');
  const sessions = Array.from({ length: 4 }, () => new pg.Client({ ...small, database: 'postgres' }));
  for (const one of sessions) await one.connect();
  const [holder, looking] = sessions;
  await holder?.query('BEGIN; LOCK TABLE held');
  const taking = harness.backup(small, { parameters: { TOYGRES_PARALLEL: '16' } });
  const sessionsOf = async (where: string) =>
    Number((await looking?.query(`SELECT count(*) FROM pg_stat_activity WHERE ${where}`))?.rows[0]?.count);
  await eventually(
    () => sessionsOf(`wait_event_type = 'Lock'`),
    (waiting) => waiting > 0,
  );
  const { host, port, password } = small;
  const dependencies = {
    platform: { readServer: () => Promise.reject(new Error('the platform is asked about servers that do not answer')) },
    probe: createServerProbe(),
    secrets: { decrypt: () => password },
    log: createLogger('silent'),
    timeoutMs: 10_000,
  };
  const watched: WatchedInstance = {
    id: 'small',
    name: 'small',
    namespace: 'test',
    resourceName: 'small',
    imageType: 'STOCK',
    endpoint: { host, port, dnsName: null },
    encryptedPassword: '',
    revision: 1,
  };
  for (let look = 0; look < 5; look += 1) {
    expect(await checkServer(dependencies, watched)).toMatchObject({ status: 'HEALTHY', message: null });
  }
  expect(await sessionsOf(`backend_type = 'client backend'`)).toBeGreaterThanOrEqual(8);
  for (const one of sessions) await one.end();
  const { end } = await taking;
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(end.lines.some((line) => /^Only \d of 10 connections are free: \d tables .* instead of 16$/.test(line))).toBe(
    true,
  );
});

describe('a source that lives', () => {
  /** Runs the file again and again until `work` is over. */
  async function beside<T>(name: string, work: () => Promise<T>): Promise<T> {
    const living = { on: true };
    const loop = (async () => {
      while (living.on) await makeCase(source, name);
    })();
    try {
      return await work();
    } finally {
      living.on = false;
      await loop;
    }
  }

  test('is imaged whole while its tables are swapped', async () => {
    await source.query('postgres', `CREATE TABLE fixed AS SELECT i FROM generate_series(1, 100) i`);
    await makeCase(source, 'live-tables-swapped');
    const image = await beside('live-tables-swapped', () => harness.backup(source));
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const { volume, end } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await harness.startRestored(volume, source.password);
    const [found] = await copy.query(
      'postgres',
      `SELECT count(*) FILTER (WHERE relkind = 'r' AND relname ~ '^m_[0-9]+$')::int AS tables,
         count(*) FILTER (WHERE relkind = 'v' AND relname ~ '^v_[0-9]+$')::int AS views FROM pg_class`,
    );
    expect(found?.tables).toBeGreaterThanOrEqual(19);
    expect(found?.views).toBeGreaterThanOrEqual(19);
  }, 300_000);

  test('never has a change of its own ended for an image: the dump gives way, whoever came first', async () => {
    await source.query('postgres', 'CREATE DATABASE changing');
    const names = Array.from({ length: 40 }, (_, index) => `t_${index + 10}`);
    await source.query('changing', names.map((name) => `CREATE TABLE ${name} (a int)`).join('; '));
    const connect = async (application_name: string) => {
      const client = new pg.Client({ ...source, database: 'changing', application_name });
      await client.connect();
      return client;
    };
    const [one, other] = [await connect('one'), await connect('other')];
    /** Longer than the second after which a session looks for a deadlock, once. */
    const waits = (name: string, seconds: number) =>
      eventually(
        () =>
          source.query(
            'postgres',
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '${name}'
               AND clock_timestamp() - query_start > interval '${seconds} s'`,
          ),
        (rows) => rows.length > 0,
      );
    try {
      // The dump waits for it, has looked for a deadlock, and then is waited for.
      await one.query('BEGIN; ALTER TABLE t_49 ADD b int');
      const first = harness.backup(source);
      await waits('pg_dump', 1.3);
      await one.query('ALTER TABLE t_10 ADD b int; COMMIT');
      expect((await first).end).toMatchObject({ exitCode: 0, errors: [] });
      // It waits for the dump, which then comes to what it has changed.
      await other.query('BEGIN; ALTER TABLE t_40 ADD b int');
      await one.query('BEGIN; ALTER TABLE t_49 ADD c int');
      const second = harness.backup(source);
      await waits('pg_dump', 0);
      const change = one.query('ALTER TABLE t_10 ADD c int; COMMIT');
      await waits('one', 0);
      await other.query('COMMIT');
      await change;
      expect((await second).end).toMatchObject({ exitCode: 0, errors: [] });
    } finally {
      await one.end();
      await other.end();
      await source.query('postgres', 'DROP DATABASE changing');
    }
  }, 300_000);

  test('is imaged again where indexes, statistics, columns or labels change between the snapshot and the locks of the dump', async () => {
    await source.query('postgres', 'CREATE DATABASE between');
    await source.query(
      'between',
      `CREATE TYPE mood AS ENUM ('glad', 'sad');
       CREATE TABLE t (a int, b int, c int, m mood);
       CREATE INDEX dropped ON t (a); CREATE INDEX of_column ON t (c); CREATE INDEX renamed ON t (b); CREATE INDEX kept ON t (a, b);
       COMMENT ON INDEX renamed IS 'renamed'; COMMENT ON INDEX dropped IS 'dropped';
       CREATE STATISTICS dropped_statistics ON a, b FROM t; CREATE STATISTICS kept_statistics ON b, c FROM t;
       CREATE VIEW glad AS SELECT a FROM t WHERE m = 'glad';
       INSERT INTO t VALUES (1, 2, 3, 'glad')`,
    );
    const changer = new pg.Client({ ...source, database: 'between' });
    await changer.connect();
    try {
      // Not to be seen by the snapshot, which comes before the dump waits for the table.
      await changer.query(
        `BEGIN; LOCK TABLE t; DROP INDEX dropped; CREATE INDEX made ON t (b, a); ALTER INDEX renamed RENAME TO "now so";
         DROP STATISTICS dropped_statistics; CREATE STATISTICS made_statistics ON a, c FROM t;
         ALTER TABLE t RENAME c TO "new c"; ALTER TYPE mood RENAME VALUE 'glad' TO 'merry'`,
      );
      const id = randomUUID();
      const run = await harness.runner.start('backup.sh', harness.backupRun(source, id));
      await eventually(
        () =>
          source.query(
            'between',
            `SELECT FROM pg_stat_activity WHERE application_name = 'pg_dump' AND datname = 'between' AND wait_event_type = 'Lock'`,
          ),
        (rows) => rows.length > 0,
      );
      await changer.query('COMMIT');
      const end = await run.ended;
      expect(end).toMatchObject({ exitCode: 0, errors: [] });
      const said = end.lines.find((line) => line.startsWith('between: something changed')) ?? '';
      for (const catalogue of ['pg_class', 'pg_index', 'pg_attribute', 'pg_statistic_ext', 'pg_enum']) {
        expect(said).toContain(catalogue);
      }
      expect(findingsOf(end)).toEqual([]);
      const url = `${harness.container.url}/${id}`;
      const { volume, end: restored } = await harness.restore({ id, url, end, password: source.password });
      expect(restored).toMatchObject({ exitCode: 0, errors: [] });
      const copy = await harness.startRestored(volume, source.password);
      const definitions = `
        SELECT pg_get_indexdef(indexrelid) AS made FROM pg_index WHERE indrelid = 't'::regclass
        UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext UNION ALL SELECT pg_get_viewdef('glad'::regclass)
        UNION ALL SELECT a::text FROM glad ORDER BY made`;
      const made = await copy.query('between', definitions);
      expect(made).toEqual(await source.query('between', definitions));
      expect(made).toHaveLength(8);
    } finally {
      await changer.end();
      await source.query('postgres', 'DROP DATABASE between');
    }
  }, 300_000);

  test('is imaged so that it restores while its functions and views are replaced', async () => {
    const image = await beside('live-functions-replaced', () => harness.backup(source));
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const { end } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
  }, 300_000);
});

test('every case has a check, or is one that runs beside', async () => {
  for (const name of ['earthdistance-index', 'orphaned-foreign-key', 'hash-partitions-of-an-enum']) {
    expect((await readCaseCheck(name)).database).toMatch(/^c\d\d$/);
  }
});
