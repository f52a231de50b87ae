import path from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { holdTables } from './hold-tables.ts';
import { readDatabaseFacts, requireUsable, SCHEMAS } from './preconditions.ts';
import { grantService, readRole } from './service-role.ts';
import { createSession, pinTransaction, type ReadPassword } from './session.ts';
import { explainUnusable, placeOf } from './unusable.ts';

/** Any number that nothing else in this database takes: it keeps several starting servers apart. */
const MIGRATION_LOCK = 7_203_411_950_274;
/** So long another server may take to migrate before this one's start is given up. */
const LOCK_MS = 60_000;
const FOLDER = path.join(import.meta.dirname, '../../drizzle/migrations');
/** The layout in which drizzle's own migrator keeps them. */
const HISTORY = `
  CREATE TABLE IF NOT EXISTS drizzle.migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)`;

export interface MigrateOptions {
  readonly log?: Logger;
  /** How long to wait for another server that migrates. Default 60 s. */
  readonly lockMs?: number;
  /**
   * How the service connects, where that is another role than the one that migrates: it is given what its work needs, and
   * may not change or take away what stands in the audit log.
   */
  readonly serviceUrl?: string;
  /** The password, where a URL has none. */
  readonly readPassword?: ReadPassword | null;
}

/**
 * Brings the schema `cms` to this release, once however many processes start at a time, all or nothing. Safe to repeat. All
 * of it is one transaction with its lock, so that it works on a connection of a pooler, too.
 * Throws UNAVAILABLE that says which database cannot be used and why: this is the first that a start hears of it.
 */
export async function migrateDatabase(
  url: string,
  { log, lockMs = LOCK_MS, serviceUrl, readPassword = null }: MigrateOptions = {},
): Promise<void> {
  const service = serviceUrl === undefined ? null : await readRole(serviceUrl, readPassword);
  const client = open(url, readPassword);
  try {
    await client.connect();
    await client.query('BEGIN');
    await pinTransaction(client);
    requireUsable(await readDatabaseFacts(client), placeOf(url));
    await takeLock(client, url, lockMs, log);
    await makeSchemas(client);
    await applyPending(client, url, lockMs);
    if (service !== null) await grantService(client, service);
    await client.query('COMMIT');
  } catch (error) {
    throw explainUnusable(error, url);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits for whoever migrates at this moment, says so, and ends with who that is. */
async function takeLock(client: pg.Client, url: string, lockMs: number, log?: Logger): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
    MIGRATION_LOCK,
  ]);
  if (rows[0]?.taken) return;
  log?.info('waiting for another server, which brings the database of records to its release');
  await client.query(`SET LOCAL lock_timeout = ${lockMs}`);
  try {
    await client.query('SAVEPOINT waiting');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '55P03') throw error;
    await client.query('ROLLBACK TO SAVEPOINT waiting');
    const holder = await readHolder(client);
    throw new AppError(
      'UNAVAILABLE',
      `The CMS database at ${placeOf(url)} cannot be used: for ${Math.round(lockMs / 1000)} s ${holder} has held the lock ` +
        'under which it is migrated. Stop that server, or end its session with pg_terminate_backend.',
    );
  }
  await client.query('SET LOCAL lock_timeout = 0');
}

async function readHolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; name: string | null; address: string | null }>(
    `SELECT l.pid, a.application_name AS name, host(a.client_addr) AS address
     FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32 | l.objid::bigint) = $1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1`,
    [MIGRATION_LOCK],
  );
  const [holder] = rows;
  if (holder === undefined) return 'a session';
  return `session ${holder.pid}${holder.name ? ` ("${holder.name}")` : ''}${holder.address ? ` from ${holder.address}` : ''}`;
}

/** Where somebody else has made them, this role need not be allowed to. */
async function makeSchemas(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ nspname: string }>(
    'SELECT nspname FROM pg_namespace WHERE nspname = ANY ($1)',
    [SCHEMAS],
  );
  const there = new Set(rows.map(({ nspname }) => nspname));
  for (const name of SCHEMAS) if (!there.has(name)) await client.query(`CREATE SCHEMA ${name}`);
  await client.query(HISTORY);
}

async function applyPending(client: pg.Client, url: string, lockMs: number): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder: FOLDER });
  const { rows } = await client.query<{ hash: string; created_at: string }>(
    'SELECT hash, created_at FROM drizzle.migrations ORDER BY created_at',
  );
  if (rows[0] !== undefined && rows[0].hash !== migrations[0]?.hash) {
    throw new AppError(
      'UNAVAILABLE',
      `The CMS database at ${placeOf(url)} cannot be used: its schema "drizzle" holds the migrations of another ` +
        'application. Use a database of its own.',
    );
  }
  const newest = Number(rows.at(-1)?.created_at ?? 0);
  const pending = migrations.filter(({ folderMillis }) => folderMillis > newest);
  if (pending.length > 0) await holdTables(client, url, lockMs);
  for (const { sql, folderMillis, hash } of pending) {
    // The schema was made above, or by somebody else before.
    for (const statement of sql) if (!/^\s*CREATE SCHEMA "cms";\s*$/.test(statement)) await client.query(statement);
    await client.query('INSERT INTO drizzle.migrations (hash, created_at) VALUES ($1, $2)', [hash, folderMillis]);
  }
}

/** Files that the URL names for TLS are read at once. */
function open(url: string, readPassword: ReadPassword | null): ReturnType<typeof createSession> {
  try {
    return createSession({ url, applicationName: 'toygres migrations', pooled: true, readPassword });
  } catch (error) {
    throw explainUnusable(error, url);
  }
}
