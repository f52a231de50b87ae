import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { explainUnusable } from './unusable.ts';

/** Any number that nothing else in this database takes: it keeps several starting servers apart. */
const MIGRATION_LOCK = 7_203_411_950_274;
/** A host that drops packets would otherwise keep a start waiting for minutes. */
const CONNECT_MS = 10_000;

/**
 * Brings the schema `cms` to this release, once however many processes start at a time. Safe to repeat.
 * Throws UNAVAILABLE that says which database cannot be used and why: this is the first that a start hears of it.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'toygres migrations',
    connectionTimeoutMillis: CONNECT_MS,
  });
  // A lost connection also rejects the query under way; unheard, it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), {
      migrationsFolder: path.join(import.meta.dirname, '../../drizzle/migrations'),
      migrationsSchema: 'drizzle',
      migrationsTable: 'migrations',
    });
  } catch (error) {
    throw explainUnusable(error, url);
  } finally {
    await client.end();
  }
}
