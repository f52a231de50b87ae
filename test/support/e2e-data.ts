import pg from 'pg';
import { query } from './e2e-home-services.ts';
import type { ServerLogin } from './server-facts.ts';

/**
 * Some rows of real looks, a role, a second database, and an index that takes two seconds to build and to analyze, so that
 * a test can reach into the middle of a restore.
 */
export async function fillSlowServer(login: ServerLogin): Promise<void> {
  await query(
    login,
    'postgres',
    `CREATE ROLE ana LOGIN PASSWORD 'reads at night';
    CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz DEFAULT '2026-01-01');
    INSERT INTO orders SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, 20000) n;
    GRANT SELECT ON orders TO ana;
    CREATE FUNCTION slowly(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL RESTRICTED
      AS 'BEGIN PERFORM pg_sleep(0.02); RETURN n; END';
    CREATE TABLE slow (n int);
    CREATE INDEX ON slow (slowly(n));
    INSERT INTO slow SELECT generate_series(1, 100)`,
  );
  await query(login, 'postgres', 'CREATE DATABASE "other one" OWNER ana');
  await query(login, 'other one', 'CREATE TABLE things AS SELECT n, n * n AS square FROM generate_series(1, 1000) n');
}

/** Locks a table against every reader, so that a dump waits at it. */
export async function holdTable(
  login: ServerLogin,
  table: string,
  database = 'postgres',
): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ ...login, database });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return { release: () => client.end().catch(() => undefined) };
}
