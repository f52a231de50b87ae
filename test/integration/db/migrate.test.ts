import pg from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase | undefined;
afterEach(() => cms?.stop());

test('five processes that start at once migrate an empty database once', async () => {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query('CREATE DATABASE migrate_race');
  const url = new URL(inject('postgresUrl'));
  url.pathname = '/migrate_race';
  try {
    await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(url.href)));
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    const { rows } = await client.query(
      'SELECT count(*)::int AS n, count(DISTINCT hash)::int AS hashes FROM drizzle.migrations',
    );
    await client.end();
    expect(rows[0].n).toBeGreaterThan(0);
    expect(rows[0].n).toBe(rows[0].hashes);
  } finally {
    await admin.query('DROP DATABASE migrate_race WITH (FORCE)');
    await admin.end();
  }
});

test('a change of a row grows its revision and wakes listeners with its id', async () => {
  cms = await createTestDatabase();
  const heard: string[] = [];
  const listener = await cms.database.pool.connect();
  listener.on('notification', (message) => heard.push(message.payload ?? ''));
  await listener.query('LISTEN toygres_changes');
  const id = '0b9f1d0e-94a3-4a1c-8d8e-2f3f6a1b2c3d';
  await cms.database.pool.query(
    `INSERT INTO cms.images (id, name, state, method, image_type, postgres_version, source_instance_id, source_instance_name, platform, source_storage_gib)
     VALUES ($1, 'a', 'CREATING', 'LOGICAL', 'STOCK', '15', $1, 'b', 'local:x', 1)`,
    [id],
  );
  const { rows } = await cms.database.pool.query(`UPDATE cms.images SET description = 'c' RETURNING revision::int`);
  await listener.query('SELECT 1');
  listener.release();
  expect(rows[0].revision).toBe(2);
  expect(heard).toEqual([`image:${id}`, `image:${id}`]);
});
