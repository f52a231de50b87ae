import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLoadBed, type LoadBed } from '../../../support/load-bed.ts';
import { readServerCase, runWithPsql } from '../../../support/server-case.ts';

let bed: LoadBed;

beforeAll(async () => {
  bed = await createLoadBed();
}, 120_000);
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
