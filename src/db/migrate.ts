import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { translateDatabaseError } from './errors.ts';

/** Any number that nothing else in this database takes: it keeps several starting servers apart. */
const MIGRATION_LOCK = 7_203_411_950_274;

/**
 * Brings the schema `cms` to this release, once however many processes start at a time. Safe to repeat.
 * Throws UNAVAILABLE when the database does not answer.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'toygres migrations' });
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
    throw translateDatabaseError(error);
  } finally {
    await client.end();
  }
}
