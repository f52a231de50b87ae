import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { createSession } from '../../../src/db/session.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';

/** A database and a role whose settings turn around what they can. */
const BENT: Readonly<Record<string, string>> = {
  DateStyle: "'SQL, DMY'",
  TimeZone: "'Pacific/Kiritimati'",
  IntervalStyle: 'sql_standard',
  standard_conforming_strings: 'off',
  search_path: '"$user"',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  default_transaction_isolation: 'serializable',
  row_security: 'on',
  statement_timeout: '40',
  lock_timeout: '1',
  transform_null_equals: 'on',
  array_nulls: 'off',
  client_encoding: 'LATIN1',
};

const url = new URL(inject('postgresUrl'));
url.pathname = '/bent';
const log = createLogger('silent');

async function asAdmin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  await asAdmin('CREATE DATABASE bent TEMPLATE template0');
  await asAdmin(...Object.entries(BENT).map(([name, value]) => `ALTER DATABASE bent SET ${name} = ${value}`));
});
afterAll(() => asAdmin('DROP DATABASE bent WITH (FORCE)'));

describe('whatever the database says of its sessions', () => {
  it('the records and the queue are made, and read as they were written', async () => {
    await migrateDatabase(url.href);
    const boss = await startBoss({ url: url.href, log });
    await boss.createQueue('one');
    await boss.send('one', { at: '2026-11-13' });
    const [job] = await boss.fetch<{ at: string }>('one');
    await boss.stop({ graceful: false });
    expect(job?.data).toEqual({ at: '2026-11-13' });
    const database = openDatabase({ url: url.href });
    const { rows } = await database.pool.query(
      `SELECT '2026-11-13 01:02:03+00'::timestamptz::text AS at, '1 day 02:00'::interval::text AS span, 'a\\b' AS text,
         '\\x00ff'::bytea::text AS bytes, 0.1::float8 + 0.2 AS sum, current_setting('search_path') AS path,
         current_setting('client_encoding') AS encoding, NULL = NULL AS nothing, pg_sleep(0.1)::text AS slept`,
    );
    await database.stop();
    expect(rows[0]).toEqual({
      at: '2026-11-13 01:02:03+00',
      span: '1 day 02:00:00',
      text: 'a\\b',
      bytes: '\\x00ff',
      sum: 0.30000000000000004,
      path: 'pg_catalog',
      encoding: 'UTF8',
      nothing: null,
      slept: '',
    });
  });

  it('and whatever the shell says to the clients of PostgreSQL', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { PGSSLMODE: 'require', PGOPTIONS: '-c datestyle=german', PGAPPNAME: 'someone' });
    try {
      const client = createSession({ url: url.href, applicationName: 'toygres test' });
      await client.connect();
      const { rows } = await client.query(
        `SELECT '2026-11-13'::date::text AS day, current_setting('application_name') AS name`,
      );
      await client.end();
      expect(rows[0]).toEqual({ day: '2026-11-13', name: 'toygres test' });
    } finally {
      for (const name of ['PGSSLMODE', 'PGOPTIONS', 'PGAPPNAME']) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});
