import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import { openSession } from '../../../src/guarded-postgres/session.ts';
import { sql } from '../../../src/guarded-postgres/sql.ts';
import { checkDatabase } from '../../../src/runner/catalogue/check-database.ts';
import { EXPRESSION_TREES, TREES_OF_CONSTANTS } from '../../../src/runner/catalogue/expression-trees.ts';
import { makeCase } from '../../support/case-server.ts';
import { createScriptRunner, type ScriptRunner } from '../../support/job-script.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

let runner: ScriptRunner;
let server: SourceServer;
beforeAll(async () => {
  runner = await createScriptRunner();
  const directory = await runner.makeDirectory('source');
  server = await startSourceServer({ directory, password: 'a password', initdbArguments: ['--locale=C.UTF-8'] });
});
afterAll(async () => {
  await server?.stop();
  await runner?.stop();
});

async function findingsIn(database: string): Promise<readonly Finding[]> {
  const session = await openSession(server, { database, major: 15 });
  try {
    const findings: Finding[] = [];
    await checkDatabase(session, database, (finding) => findings.push(finding));
    return findings;
  } finally {
    await session.close();
  }
}

const named = async (database: string) =>
  (await findingsIn(database)).map(({ code, severity, object }) => `${code} ${severity} ${object}`);

test.each([
  ['rows-wider-than-a-page', 'c12', ['ROWS_NOT_LOADABLE CRITICAL public.wide']],
  [
    'citext-turns-case-sensitive',
    'c04',
    [
      'MEANING_MAY_CHANGE INFO public.kinds',
      'MEANING_MAY_CHANGE INFO public.moved',
      'MEANING_MAY_CHANGE INFO public.paired',
    ],
  ],
  ['matview-over-a-foreign-table', 'c09', ['MATERIALIZED_VIEW_EMPTY WARNING public.kept']],
  ['child-dropped-not-null', 'c10', []],
  ['hash-partitions-of-an-enum', 'c22', []],
  ['earthdistance-index', 'c01', []],
  ['check-reads-another-table', 'c05', []],
  ['database-setting-that-bends-the-load', 'c15', []],
  ['extension-version-kept', 'c17', []],
  ['orphaned-foreign-key', 'c07', []],
])('%s is seen in the catalogue as what it is', async (name, database, expected) => {
  await makeCase(server, name);
  expect([...(await named(database))].sort()).toEqual(expected);
});

test('a table that somebody holds is not taken for one without rows that no dump brings back', async () => {
  await server.query('postgres', 'DROP DATABASE IF EXISTS c12');
  await makeCase(server, 'rows-wider-than-a-page');
  const holder = new pg.Client({ ...server, database: 'c12' });
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE wide');
    expect(await findingsIn('c12')).toEqual([
      {
        code: 'CHECK_LEFT_OUT',
        severity: 'WARNING',
        database: 'c12',
        object: 'public.wide',
        message:
          'public.wide was not looked through for rows that no dump brings back: ERROR:  canceling statement due to lock timeout',
        remedy: 'Take the image again when nobody holds the table, or take a PHYSICAL image, which carries all rows.',
      },
    ]);
  } finally {
    await holder.end();
  }
  expect(await named('c12')).toEqual(['ROWS_NOT_LOADABLE CRITICAL public.wide']);
});

test('every expression that PostgreSQL keeps parsed is looked at, in every column that holds some', async () => {
  const columns = await server.query(
    'postgres',
    `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.atttypid = 'pg_node_tree'::regtype AND c.relkind = 'r' ORDER BY 1`,
  );
  const names = columns.map(({ name }) => String(name)).filter((name) => !TREES_OF_CONSTANTS.includes(name));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !new RegExp(`\\.${name.split('.')[1]}::text`).test(EXPRESSION_TREES))).toEqual([]);
});

test('a rule of a user on a member of an extension is named; what is carried beside the dump is not', async () => {
  await server.query('postgres', 'CREATE DATABASE members');
  await server.query('members', 'CREATE EXTENSION pg_stat_statements');
  await server.query(
    'members',
    `CREATE TABLE words (a int PRIMARY KEY, b text); CREATE INDEX "own ix" ON words (b);
     CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE POLICY "for all" ON words USING (true); CREATE RULE "ru le" AS ON DELETE TO words DO INSTEAD NOTHING`,
  );
  await server.query('members', `ALTER EXTENSION pg_stat_statements ADD TABLE words`);
  await server.query('members', `CREATE TRIGGER watched BEFORE INSERT ON words FOR EACH ROW EXECUTE FUNCTION watch()`);
  const messages = (await findingsIn('members')).map(({ message }) => message.split(' of extension')[0]);
  expect(messages).toEqual(['rule "ru le"']);
});

test('an invalid index, an aggregate in the schema of the system and privileges of nobody are named', async () => {
  await server.query('postgres', 'CREATE DATABASE odd');
  await server.query('odd', `CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)`);
  await expect(server.query('odd', `CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)`)).rejects.toThrow(/unique/);
  await server.query(
    'odd',
    `SET allow_system_table_mods = on; CREATE AGGREGATE pg_catalog.hidden(int) (SFUNC = int4pl, STYPE = int); RESET allow_system_table_mods;
     CREATE ROLE passing; GRANT SELECT ON t TO passing; CREATE SCHEMA kept; ALTER TABLE t SET SCHEMA kept`,
  );
  await server.query(
    'odd',
    `SET allow_system_table_mods = on; DELETE FROM pg_shdepend WHERE refobjid = 'passing'::regrole; DROP ROLE passing; DROP SCHEMA public`,
  );
  expect(await named('odd')).toEqual(
    expect.arrayContaining([
      'INDEX_LEFT_OUT WARNING kept.broken',
      'OBJECT_NOT_CARRIED WARNING pg_catalog.hidden',
      'PRIVILEGE_LEFT_OUT INFO kept.t',
    ]),
  );
});

test('tables with columns of what a server counts are named once each, but for members of extensions and partitions', async () => {
  await server.query('postgres', 'CREATE DATABASE counting');
  await server.query(
    'counting',
    `CREATE TABLE outbox (id int, seen xid8, upto pg_lsn) PARTITION BY LIST (id); CREATE TABLE outbox_1 PARTITION OF outbox DEFAULT;
     CREATE DOMAIN place AS pg_lsn; CREATE TYPE state AS (a int, b place[]); CREATE TABLE "read by" (what state[]);
     CREATE TYPE places AS RANGE (SUBTYPE = pg_lsn); CREATE TABLE ranges (a places, b places_multirange);
     CREATE TABLE gone (a xid, b int8, c oid); ALTER TABLE gone DROP a; CREATE VIEW beside AS SELECT seen FROM outbox;
     CREATE TEMPORARY TABLE passing (a txid_snapshot); CREATE EXTENSION hstore; CREATE TABLE its (a pg_snapshot); ALTER EXTENSION hstore ADD TABLE its`,
  );
  expect(
    (await findingsIn('counting')).map(({ code, severity, message }) => [code, severity, message.split(': ')[0]]),
  ).toEqual(
    [
      ['public.outbox', 'seen (xid8), upto (pg_lsn)'],
      ['public.ranges', 'a (public.places), b (public.places_multirange)'],
      ['public."read by"', 'what (public.state[])'],
    ].map(([table, columns]) => [
      'MEANING_MAY_CHANGE',
      'INFO',
      `${table} has numbers of transactions or places in the log of its server, in ${columns}`,
    ]),
  );
});

test('a database with nothing odd has no finding', async () => {
  await server.query('postgres', 'CREATE DATABASE plain');
  await server.query(
    'plain',
    `CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TABLE t (id int PRIMARY KEY, mail citext UNIQUE, at date);
     CREATE VIEW v AS SELECT CASE id WHEN 1 THEN 'a' END, NULLIF(at, '2020-01-01') FROM t WHERE mail = 'x'
       AND id IN (SELECT id FROM t) AND at IS DISTINCT FROM '2021-01-01'`,
  );
  expect(await named('plain')).toEqual([]);
});

test('tables that somebody holds keep no check waiting, and sizes are told all the same', async () => {
  await server.query('postgres', 'CREATE DATABASE held');
  await server.query(
    'held',
    `CREATE TABLE orders AS SELECT 1 AS n; SET allow_system_table_mods = on; CREATE TABLE information_schema.kept AS SELECT 1 AS n`,
  );
  const holder = await openSession(server, { database: 'held', major: 15 });
  try {
    await holder.run(sql`BEGIN`);
    await holder.run(sql`LOCK TABLE public.orders, information_schema.kept IN ACCESS EXCLUSIVE MODE`);
    expect(await named('held')).toContain('ROWS_NOT_LOADABLE CRITICAL information_schema.kept');
  } finally {
    await holder.close();
  }
});
