import pg from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';

const log = createLogger('silent');

function urlOf(database: string, login?: { username: string; password: string }): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  Object.assign(url, login ?? {});
  return url.href;
}

async function run(database: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const refusalOf = (url: string) =>
  migrateDatabase(url, { lockMs: 200 }).then(
    () => 'none',
    (error: Error) => error.message,
  );

afterEach(() =>
  run('postgres', 'DROP DATABASE IF EXISTS precondition WITH (FORCE)', 'DROP ROLE IF EXISTS precondition_role'),
);

test('a database of another encoding is refused with how to make one', async () => {
  await run('postgres', `CREATE DATABASE precondition ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
  expect(await refusalOf(urlOf('precondition'))).toMatch(/its encoding is LATIN1\. Make one with CREATE DATABASE/);
});

test('a database that is set to read only is refused as that', async () => {
  await run(
    'postgres',
    'CREATE DATABASE precondition',
    'ALTER DATABASE precondition SET default_transaction_read_only = on',
  );
  expect(await refusalOf(urlOf('precondition'))).toMatch(/it is set to read only .*Let it take changes again/);
});

test("another application's schemas of our names are not touched", async () => {
  await run('postgres', 'CREATE DATABASE precondition');
  await run('precondition', 'CREATE SCHEMA cms', 'CREATE TABLE cms.pages (id int)');
  expect(await refusalOf(urlOf('precondition'))).toMatch(/schema "cms" is not of Toygres: another application/);
  await run(
    'precondition',
    'DROP SCHEMA cms CASCADE',
    'CREATE SCHEMA drizzle',
    'CREATE TABLE drizzle.migrations (id serial, hash text, created_at bigint)',
    `INSERT INTO drizzle.migrations (hash, created_at) VALUES ('of another', 1)`,
  );
  expect(await refusalOf(urlOf('precondition'))).toMatch(
    /schema "drizzle" holds the migrations of another application/,
  );
});

test('a role that may make nothing in the database is enough where somebody else has made the schemas', async () => {
  const login = { username: 'precondition_role', password: 'no rights' };
  await run('postgres', 'CREATE DATABASE precondition', `CREATE ROLE precondition_role LOGIN PASSWORD 'no rights'`);
  const told = await refusalOf(urlOf('precondition', login));
  const made = /have somebody run: (.*)\. Check/.exec(told)?.[1] ?? /have somebody run: (.*)\.$/.exec(told)?.[1];
  // What it says helps.
  await run('precondition', made ?? '');
  await migrateDatabase(urlOf('precondition', login));
  const boss = await startBoss({ url: urlOf('precondition', login), log });
  await boss.stop({ graceful: false });
});

test('a start that waits for another one which migrates ends after its time, and says who that is', async () => {
  await run('postgres', 'CREATE DATABASE precondition');
  const holder = new pg.Client({ connectionString: urlOf('precondition'), application_name: 'the other start' });
  await holder.connect();
  const { rows } = await holder.query('SELECT pg_backend_pid() AS pid, pg_advisory_lock(7203411950274)');
  expect(await refusalOf(urlOf('precondition'))).toMatch(
    new RegExp(`session ${rows[0].pid} \\("the other start"\\) from 127\\.0\\.0\\.1 has held the lock`),
  );
  await holder.end();
  expect(await refusalOf(urlOf('precondition'))).toBe('none');
});
