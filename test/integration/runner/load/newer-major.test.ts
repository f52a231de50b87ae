import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLoadBed, type LoadBed, programsByAge } from '../../../support/load-bed.ts';
import { readServerCase, runWithPsql } from '../../../support/server-case.ts';

const all = await programsByAge();
const newest = all.length > 1 ? all.at(-1) : undefined;

// Where the machine has one major version alone, TOYGRES_POSTGRES_BIN names the programs of another.
describe.skipIf(newest === undefined)('a database of the oldest version here, loaded by the newest', () => {
  let bed: LoadBed;
  beforeAll(async () => {
    bed = await createLoadBed({ copy: newest });
  });
  afterAll(() => bed?.stop());

  test.each([
    ['check-reads-another-table', []],
    ['child-dropped-not-null', Number(newest?.major) >= 18 ? ['CONSTRAINT_LEFT_OUT INFO'] : []],
    ['citext-turns-case-sensitive', []],
    ['database-setting-that-bends-the-load', []],
    ['earthdistance-index', Number(newest?.major) >= 17 ? ['MEANING_MAY_CHANGE INFO'] : []],
    ['hash-partitions-of-an-enum', []],
  ])('%s comes back whole', async (name, expected) => {
    const one = await readServerCase(name);
    await runWithPsql(bed.source, one.file);
    const found = await bed.dumpAndLoad(one.checks[0]?.database ?? '');
    for (const { database, sql } of one.checks) {
      expect(await bed.copy.query(database, sql)).toEqual(await bed.source.query(database, sql));
    }
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual(expected);
  });
});
