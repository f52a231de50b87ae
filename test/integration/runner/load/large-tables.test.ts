import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from '../../../../src/guarded-postgres/session.ts';
import { readDatabaseFacts } from '../../../../src/runner/facts/read-facts.ts';
import { createLoadBed, type LoadBed } from '../../../support/load-bed.ts';

const ROWS = 60_000;

let bed: LoadBed;
beforeAll(async () => {
  bed = await createLoadBed();
  await bed.source.query('postgres', 'CREATE DATABASE large TEMPLATE template0');
  for (const statement of [
    'CREATE TABLE letters (id int PRIMARY KEY, body text, "a (odd) USING btree (name" text UNIQUE)',
    `INSERT INTO letters SELECT n, md5(n::text) || md5((n + 1)::text), 'n' || n FROM generate_series(1, ${ROWS}) n`,
    'CREATE INDEX letters_body ON letters (body)',
    'CREATE INDEX letters_hash ON letters USING hash (body)',
    'CREATE TABLE small (id int PRIMARY KEY)',
    'INSERT INTO small VALUES (1)',
    'ANALYZE',
  ]) {
    await bed.source.query('large', statement);
  }
});
afterAll(() => bed?.stop());

test('the source tells how large its large tables are, and nothing of the others', async () => {
  const session = await openSession(bed.source, { database: 'large', major: null });
  try {
    const { sizes } = await readDatabaseFacts(session, 'UTF8');
    expect(sizes).toEqual([{ schema: 'public', name: 'letters', rows: ROWS, bytes: expect.any(Number) }]);
    expect(sizes[0]?.bytes).toBeGreaterThan(5 << 20);
  } finally {
    await session.close();
  }
});

test('the rows of a large table come back frozen, with all its indexes', async () => {
  expect(await bed.dumpAndLoad('large')).toEqual([]);
  await bed.copy.query('large', 'ANALYZE letters');
  const [table] = await bed.copy.query(
    'large',
    `SELECT relpages = relallvisible AS is_frozen, (SELECT count(*)::int FROM letters) AS rows,
      (SELECT count(*)::int FROM pg_index WHERE indrelid = 'letters'::regclass AND indisvalid) AS indexes
    FROM pg_class WHERE oid = 'letters'::regclass`,
  );
  expect(table).toEqual({ is_frozen: true, rows: ROWS, indexes: 4 });
});
