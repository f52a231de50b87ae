import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdTables } from '../../../src/db/hold-tables.ts';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase;
let other: pg.Client;
let ours: pg.Client;

beforeEach(async () => {
  cms = await createTestDatabase();
  [other, ours] = [new pg.Client(cms.url), new pg.Client(cms.url)];
  await Promise.all([other.connect(), ours.connect()]);
});
afterEach(async () => {
  await Promise.all([other?.end(), ours?.end()]);
  await cms?.stop();
});

test('gives way to who has a table and wants another, so that neither is ended, and has all of them then', async () => {
  await other.query('BEGIN; UPDATE cms.operations SET state = state');
  await ours.query('BEGIN');
  const holding = holdTables(ours, cms.url, 30_000);
  await expect
    .poll(async () => {
      const { rows } = await other.query(
        `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'cms.operations'::regclass`,
      );
      return rows[0].n;
    })
    .toBe(1);
  // Ours has this one by now.
  await other.query('UPDATE cms.instances SET name = name');
  await other.query('COMMIT');
  await holding;
  const { rows } = await other.query(
    `SELECT count(*)::int AS tables, count(*) FILTER (WHERE EXISTS (SELECT FROM pg_locks l
       WHERE l.relation = c.oid AND l.granted AND l.mode = 'AccessExclusiveLock'))::int AS held
     FROM pg_class c WHERE c.relnamespace = 'cms'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  );
  expect(rows[0].tables).toBeGreaterThan(10);
  expect(rows[0].held).toBe(rows[0].tables);
  await ours.query('ROLLBACK');
});

test('says who keeps a table when it takes too long, and changes nothing', async () => {
  const newest = await other.query(
    'DELETE FROM drizzle.migrations WHERE id = (SELECT max(id) FROM drizzle.migrations)',
  );
  expect(newest.rowCount).toBe(1);
  await other.query('BEGIN; UPDATE cms.operations SET state = state');
  const { rows } = await other.query('SELECT pg_backend_pid() AS pid');
  await expect(migrateDatabase(cms.url, { lockMs: 1000 })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(
      new RegExp(`its tables could not be had within 1 s \\(session ${rows[0].pid} has \\w+.*pg_terminate_backend`),
    ),
  });
  await other.query('ROLLBACK');
  const after = await other.query(
    `SELECT count(*)::int AS n FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'cms.operations'::regclass`,
  );
  expect(after.rows[0].n).toBe(0);
});
