import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase;
beforeAll(async () => {
  cms = await createTestDatabase();
  // A superuser is let in beyond every limit.
  await cms.database.pool.query(`CREATE ROLE few LOGIN PASSWORD 'few words' CONNECTION LIMIT 2`);
});
afterAll(async () => {
  await cms.stop();
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query('DROP ROLE few');
  await client.end();
});

const urlOfFew = () => {
  const url = new URL(cms.url);
  Object.assign(url, { username: 'few', password: 'few words' });
  return url.href;
};

test('a pool that may grow beyond what the server has left waits for what comes free', async () => {
  const database = openDatabase({ url: urlOfFew(), maxConnections: 10 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      database.pool.query('SELECT $1::int AS n, pg_sleep(0.02)', [index]).then(({ rows }) => rows[0].n),
    ),
  );
  const inTransactions = await Promise.all(
    Array.from({ length: 8 }, (_, index) => database.transaction(async () => index)),
  );
  await database.stop();
  expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(inTransactions).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
