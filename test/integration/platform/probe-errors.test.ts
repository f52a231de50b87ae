import { inspect } from 'node:util';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { translateProbeError } from '../../../src/platform/probe-errors.ts';
import { useShared } from '../../support/shared.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const test = useShared(createTestDatabase);
const address = { host: 'db', port: 5432 };
const login = { username: 'postgres', password: 'correct horse battery' };

/** What a real server answers to a connection, or to a query in it. */
async function errorOf(database: string, query = 'SELECT 1'): Promise<unknown> {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => undefined);
  return (async () => {
    await client.connect();
    await client.query(query);
  })()
    .then(
      () => null,
      (error: unknown) => error,
    )
    .finally(() => client.end().catch(() => undefined));
}

describe('an error of a server', () => {
  it('keeps its words and says what to do: a database that is gone', async () => {
    const error = translateProbeError(await errorOf('no_such_one'), address, login);
    expect(error).toMatchObject({
      code: 'STEP_FAILED',
      message:
        'The server at db:5432 answers with an error: database "no_such_one" does not exist (3D000). Toygres connects ' +
        'to the database "postgres": create it again, CREATE DATABASE postgres.',
    });
  });

  it('and one that refuses connections', async () => {
    const name = new URL(test.url).pathname.slice(1);
    const client = new pg.Client(inject('postgresUrl'));
    await client.connect();
    try {
      await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      const error = translateProbeError(await errorOf(name), address, login);
      expect(error.message).toMatch(/is not currently accepting connections \(55000\)\. .*ALLOW_CONNECTIONS true/);
    } finally {
      await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await client.end();
    }
  });

  it('of a kind that nobody thought of has its words and code as well', async () => {
    const error = translateProbeError(await errorOf('postgres', 'SELECT 1 / 0'), address, login);
    expect(error.message).toBe(
      'The server at db:5432 answers with an error: division by zero (22012). See its log for more.',
    );
  });

  it('that is hostile brings neither the password nor what is no text, and comes to an end', async () => {
    const words = `${login.password}\u0007\u001b[31m${'x'.repeat(10_000)}`;
    const query = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57P03', MESSAGE = '${words}'; END $$`;
    const error = translateProbeError(await errorOf('postgres', query), address, login);
    expect(error.code).toBe('UNAVAILABLE');
    expect(inspect(error, { depth: 10, maxStringLength: null })).not.toContain(login.password);
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(600);
  });
});
