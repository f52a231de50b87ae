import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../support/eventually.ts';
import { createLoadBed, type LoadBed } from '../../../support/load-bed.ts';
import { hasExtension, readServerCase, runWithPsql } from '../../../support/server-case.ts';

let bed: LoadBed;

beforeAll(async () => {
  bed = await createLoadBed();
});
afterAll(() => bed.stop());

/** Makes the server of a case, loads its database elsewhere, and compares what the case checks. */
async function bring(name: string) {
  const one = await readServerCase(name);
  await runWithPsql(bed.source, one.file);
  const database = one.checks[0]?.database ?? '';
  const found = await bed.dumpAndLoad(database);
  expect(one.checks.length).toBeGreaterThan(0);
  for (const check of one.checks) {
    expect(await bed.copy.query(check.database, check.sql)).toEqual(await bed.source.query(check.database, check.sql));
  }
  return found;
}

test.each([
  'check-reads-another-table',
  'child-dropped-not-null',
  'database-setting-that-bends-the-load',
  'earthdistance-index',
  'hash-partitions-of-an-enum',
])('%s comes back whole', async (name) => {
  expect(await bring(name)).toEqual([]);
});

test('a foreign key that its rows break comes back NOT VALID, and the first of them is named', async () => {
  expect(await bring('orphaned-foreign-key')).toEqual([
    {
      code: 'CONSTRAINT_NOT_VALID',
      severity: 'WARNING',
      database: 'c07',
      object: 'children_parent_fkey on public.children',
      message: expect.stringContaining('Key (parent)=(4711) is not present in table "parents".'),
      remedy: 'ALTER TABLE ONLY public.children VALIDATE CONSTRAINT children_parent_fkey;',
    },
  ]);
});

test('a materialized view over what is not there comes back empty', async () => {
  expect(await bring('matview-over-a-foreign-table')).toEqual([
    expect.objectContaining({ code: 'MATERIALIZED_VIEW_EMPTY', severity: 'WARNING', object: 'public.kept' }),
  ]);
});

test('rows that no page takes are told, and all else comes back', async () => {
  const one = await readServerCase('rows-wider-than-a-page');
  await runWithPsql(bed.source, one.file);
  expect(await bed.dumpAndLoad('c12')).toEqual([
    expect.objectContaining({
      code: 'ROWS_NOT_LOADABLE',
      severity: 'CRITICAL',
      object: 'public.wide',
      message: expect.stringMatching(/lacks 10 of 10 rows.*row is too big/),
    }),
  ]);
});

test('rows whose bytes the encoding refuses are told, and the others come back', async () => {
  const one = await readServerCase('bytes-that-are-no-utf8');
  await runWithPsql(bed.source, one.file);
  await eventually(
    () => bed.source.query('c23', 'SHOW server_encoding'),
    ([row]) => row?.server_encoding === 'UTF8',
  );
  expect(await bed.dumpAndLoad('c23')).toEqual([
    expect.objectContaining({
      code: 'ROWS_NOT_LOADABLE',
      severity: 'CRITICAL',
      object: 'public.notes',
      message: expect.stringMatching(/lacks 1 of 3 rows, the first of them row 2 of the dump: .*invalid byte sequence/),
    }),
  ]);
  expect(await bed.copy.query('c23', 'SELECT id FROM notes ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }]);
});

test.each(['citext-turns-case-sensitive', 'extension-version-kept'])('%s comes back the same', async (name) => {
  expect(await bring(name)).toEqual([]);
});

// apt-get install postgresql-15-postgis-3 postgresql-15-postgis-3-scripts
test.runIf(hasExtension('postgis'))(
  'what a user did to a table of an extension comes back, and a changed stock row is told',
  async () => {
    const one = await readServerCase('changes-to-an-extension-table');
    await runWithPsql(bed.source, one.file);
    expect(await bed.dumpAndLoad('c19')).toEqual([
      expect.objectContaining({
        code: 'EXTENSION_OBJECT_CHANGED',
        severity: 'WARNING',
        object: 'public.spatial_ref_sys',
      }),
    ]);
    const [check] = one.checks;
    expect(await bed.copy.query('c19', check?.sql ?? '')).toEqual([
      { '?column?': '1 own, EPSG, 1 trigger, 1 index, 1 policy' },
    ]);
  },
);

test('what no dump carries comes back: a dropped schema, functions in pg_catalog, the owner of an extension', async () => {
  await bed.source.query('postgres', 'CREATE ROLE keeper CREATEROLE');
  await bed.source.query('postgres', 'CREATE DATABASE odd');
  await bed.copy.query('postgres', 'CREATE ROLE keeper CREATEROLE');
  await bed.source.query(
    'odd',
    `CREATE FUNCTION pg_catalog.twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
     CREATE SCHEMA mine; GRANT ALL ON DATABASE odd TO keeper; GRANT ALL ON SCHEMA mine TO keeper;
     SET SESSION AUTHORIZATION keeper; CREATE EXTENSION hstore SCHEMA mine; RESET SESSION AUTHORIZATION;
     DROP SCHEMA public`,
  );
  expect(await bed.dumpAndLoad('odd')).toEqual([]);
  const facts = `SELECT pg_catalog.twice(21), to_regnamespace('public') IS NULL AS gone,
    (SELECT extowner::regrole::text FROM pg_extension WHERE extname = 'hstore') AS owner`;
  expect(await bed.copy.query('odd', facts)).toEqual([{ twice: 42, gone: true, owner: 'keeper' }]);
  await bed.copy.query('odd', 'DROP OWNED BY keeper');
  expect(await bed.copy.query('odd', `SELECT extname FROM pg_extension WHERE extname = 'hstore'`)).toEqual([]);
});

test('a child of a child that dropped NOT NULL has none either, and types that C functions read have their owners', async () => {
  await bed.source.query('postgres', 'CREATE DATABASE line');
  await bed.source.query(
    'line',
    `CREATE TABLE a (w int NOT NULL); CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (b);
     ALTER TABLE b ALTER w DROP NOT NULL; CREATE TABLE late (w int NOT NULL) INHERITS (b); INSERT INTO c VALUES (1);
     CREATE TYPE own; CREATE FUNCTION own_in(cstring) RETURNS own LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
     CREATE FUNCTION own_out(own) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
     CREATE TYPE own (INPUT = own_in, OUTPUT = own_out, LIKE = int); CREATE TABLE d AS SELECT '7'::own`,
  );
  expect(await bed.dumpAndLoad('line')).toEqual([]);
  const required = `SELECT string_agg(attrelid::regclass || ' ' || attnotnull, ', ' ORDER BY attrelid::regclass::text) AS is FROM pg_attribute WHERE attname = 'w'`;
  expect(await bed.copy.query('line', required)).toEqual([{ is: 'a true, b false, c false, late true' }]);
});

test('what users add to an operator family of the system comes back, and is used', async () => {
  await bed.source.query('postgres', 'CREATE DATABASE families');
  await bed.source.query(
    'families',
    `CREATE DOMAIN odd AS int; CREATE FUNCTION less(int, numeric) RETURNS bool LANGUAGE sql IMMUTABLE RETURN $1 < $2::int;
     CREATE FUNCTION compare(int, numeric) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 - $2::int;
     CREATE OPERATOR <<< (LEFTARG = int, RIGHTARG = numeric, FUNCTION = less);
     ALTER OPERATOR FAMILY integer_ops USING btree ADD OPERATOR 1 <<< (int, numeric), FUNCTION 1 compare(int, numeric)`,
  );
  expect(await bed.dumpAndLoad('families')).toEqual([]);
  const added = `SELECT (SELECT string_agg(amopopr::regoperator::text, ', ') FROM pg_amop WHERE oid >= 16384) AS operators,
    (SELECT string_agg(amproc::regprocedure::text, ', ') FROM pg_amproc WHERE oid >= 16384) AS functions`;
  expect(await bed.copy.query('families', added)).toEqual(await bed.source.query('families', added));
});

test('a database whose locale is nowhere to be had has the plainest here, and all that it holds', async () => {
  await bed.source.query('postgres', `CREATE DATABASE abroad TEMPLATE template0 LOCALE 'C.UTF-8'`);
  await bed.source.query('abroad', `CREATE TABLE t AS SELECT 'é' AS e`);
  const directory = await bed.dump('abroad');
  const toc = path.join(directory, 'toc.dat');
  await writeFile(toc, (await readFile(toc, 'latin1')).replaceAll('C.UTF-8', 'X.UTF-8'), 'latin1');
  expect(await bed.load(directory, 'abroad')).toEqual([
    expect.objectContaining({ code: 'LOCALE_CHANGED', severity: 'WARNING', database: 'abroad', object: '"abroad"' }),
  ]);
  expect(await bed.copy.query('abroad', 'SELECT e FROM t')).toEqual([{ e: 'é' }]);
  expect(await bed.copy.query('abroad', 'SHOW lc_collate')).toEqual([{ lc_collate: 'C' }]);
});

test('foreign keys of partitions that have names of their own keep them', async () => {
  await bed.source.query('postgres', 'CREATE DATABASE named');
  await bed.source.query(
    'named',
    `CREATE TABLE "o'f" (id int PRIMARY KEY); CREATE TABLE r (a int) PARTITION BY RANGE (a); CREATE TABLE r1 (a int CONSTRAINT same REFERENCES "o'f") PARTITION BY RANGE (a);
     CREATE TABLE r11 PARTITION OF r1 FOR VALUES FROM (0) TO (5); ALTER TABLE r ADD CONSTRAINT other FOREIGN KEY (a) REFERENCES "o'f"; ALTER TABLE r ATTACH PARTITION r1 FOR VALUES FROM (0) TO (9);
     CREATE TABLE p (a int) PARTITION BY RANGE (a);
     CREATE TABLE q (a int) PARTITION BY RANGE (a); CREATE TABLE "l %s" (a int CONSTRAINT "its $do$ own" REFERENCES "o'f");
     ALTER TABLE q ADD CONSTRAINT between FOREIGN KEY (a) REFERENCES "o'f"; ALTER TABLE q ATTACH PARTITION "l %s" FOR VALUES FROM (0) TO (10);
     ALTER TABLE p ADD CONSTRAINT above FOREIGN KEY (a) REFERENCES "o'f"; ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (0) TO (100)`,
  );
  expect(await bed.dumpAndLoad('named')).toEqual([]);
  const keys = `SELECT conrelid::regclass::text AS of, conname FROM pg_constraint WHERE contype = 'f' ORDER BY 1`;
  const [there, here] = [await bed.source.query('named', keys), await bed.copy.query('named', keys)];
  expect(here).toEqual(there);
  expect(there).toContainEqual({ of: '"l %s"', conname: 'its $do$ own' });
  expect(there).toContainEqual({ of: 'r11', conname: 'same' });
});
