import type pg from 'pg';
import { AppError } from '../../schema/errors.ts';

/** The schemas that are ours, in the order in which they are made. */
export const SCHEMAS = ['drizzle', 'cms', 'pgboss'] as const;

const OLDEST = 130_000;

/** What of a database must be as we need it. One answer, since a start pays for each. */
const FACTS = `
  SELECT current_setting('server_version_num')::int AS version,
         current_setting('server_version') AS "versionText",
         getdatabaseencoding() AS encoding,
         pg_is_in_recovery() AS "inRecovery",
         current_setting('transaction_read_only') = 'on' AS "readOnly",
         current_database() AS database,
         current_user AS role,
         has_database_privilege(current_database(), 'CREATE') AS "mayCreate",
         coalesce((SELECT array_agg(nspname::text) FROM pg_namespace WHERE nspname = ANY ($1)), '{}') AS schemas,
         coalesce((SELECT array_agg(nspname::text) FROM pg_namespace WHERE nspname = ANY ($1)
           AND NOT has_schema_privilege(oid, 'USAGE, CREATE')), '{}') AS closed,
         to_regclass('drizzle.migrations') IS NOT NULL AS "hasMigrations",
         EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('cms')) AS "hasRecords"`;

export interface DatabaseFacts {
  readonly version: number;
  readonly versionText: string;
  readonly encoding: string;
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  readonly database: string;
  readonly role: string;
  readonly mayCreate: boolean;
  /** Those of ours that are there. */
  readonly schemas: readonly string[];
  /** Those of them in which this role may not make anything. */
  readonly closed: readonly string[];
  /** Whether migrations have ever been applied. */
  readonly hasMigrations: boolean;
  /** Whether anything is in the schema of the records. */
  readonly hasRecords: boolean;
}

export async function readDatabaseFacts(client: pg.Client): Promise<DatabaseFacts> {
  const { rows } = await client.query<DatabaseFacts>(FACTS, [SCHEMAS]);
  return rows[0] as DatabaseFacts;
}

/** What keeps the database from holding our records, with the remedy; null when nothing does. Pure. */
export function findObstacle(facts: DatabaseFacts): string | null {
  const { database, role, schemas, closed } = facts;
  const missing = SCHEMAS.filter((name) => !schemas.includes(name));
  if (facts.version < OLDEST) {
    return `it is PostgreSQL ${facts.versionText}, and 13 is the oldest that holds the records. Upgrade it`;
  }
  if (facts.encoding !== 'UTF8') {
    return `its encoding is ${facts.encoding}. Make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0`;
  }
  if (facts.inRecovery) return 'it is a standby, which takes no changes. Connect to the primary server';
  if (facts.readOnly) {
    return `it is set to read only (default_transaction_read_only), as a managed server is whose storage is full. Let it take changes again`;
  }
  if (missing.length > 0 && !facts.mayCreate) {
    const made = missing.map((name) => `CREATE SCHEMA ${name} AUTHORIZATION ${role}`).join('; ');
    return `permission denied for database ${database}: role ${role} may not make schemas. Give it CREATE, or have somebody run: ${made}`;
  }
  if (closed.length > 0) {
    return `role ${role} may not use and make things in its schema ${closed.join(', ')}. Run: ALTER SCHEMA ${closed[0]} OWNER TO ${role}`;
  }
  if (facts.hasRecords && !facts.hasMigrations) {
    return 'its schema "cms" is not of Toygres: another application has one of that name. Use a database of its own';
  }
  return null;
}

/** Throws UNAVAILABLE with the remedy when the database cannot hold our records. `place`: host, port and database. */
export function requireUsable(facts: DatabaseFacts, place: string): void {
  const obstacle = findObstacle(facts);
  if (obstacle === null) return;
  throw new AppError('UNAVAILABLE', `The CMS database at ${place} cannot be used: ${obstacle}.`);
}
