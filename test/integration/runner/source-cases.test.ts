import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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
});
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
});

test('every case has a check, or is one that runs beside', async () => {
  for (const name of ['earthdistance-index', 'orphaned-foreign-key', 'hash-partitions-of-an-enum']) {
    expect((await readCaseCheck(name)).database).toMatch(/^c\d\d$/);
  }
});
