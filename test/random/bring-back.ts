import pg from 'pg';
import type { Finding } from '../../jobs/ports/job-protocol.ts';
import { compareFacts } from '../support/compare-servers.ts';
import type { LoadBed } from '../support/load-bed.ts';
import { readFactsOf } from '../support/server-facts.ts';
import type { SourceServer } from '../support/source-server.ts';
import { q, ROLES } from './world.ts';

/** What every version says alike: rights and columns have got new ones. */
const OF_ALL = /: (rows of|comment|trigger|policy|sequence|domain|publication|default privilege) /;

/** What came of a database. */
export interface BroughtBack {
  /** What the source took, and what it refused with its words. */
  readonly made: readonly string[];
  readonly refused: readonly string[];
  readonly findings: readonly Finding[];
  /** What differs, by a reader that knows nothing of dump and load. */
  readonly differences: readonly string[];
}

/** Makes the roles that parts use. */
export async function makeRoles(...servers: readonly SourceServer[]): Promise<void> {
  for (const server of servers) {
    for (const role of ROLES)
      await server.query('postgres', `CREATE ROLE ${q(role)}; GRANT CREATE ON SCHEMA public TO ${q(role)}`);
  }
}

/** Makes a database on the source, dumps it, loads it into the copy and compares the two. Both are dropped again. */
export async function bringBack(bed: LoadBed, name: string, statements: readonly string[]): Promise<BroughtBack> {
  try {
    const { made, refused } = await makeDatabase(bed.source, name, statements);
    const findings = await bed.dumpAndLoad(name, { paths: await pathsOf(bed, name) });
    const before = await readFactsOf(bed.source, name);
    const differences = compareFacts(before, await readFactsOf(bed.copy, name));
    return {
      made,
      refused,
      findings,
      differences: bed.isOneMajor ? differences : differences.filter((one) => OF_ALL.test(one)),
    };
  } finally {
    for (const server of [bed.source, bed.copy]) {
      await server.query('postgres', `DROP DATABASE IF EXISTS ${q(name)} WITH (FORCE)`);
    }
  }
}

/** Makes a database, each statement for itself: in a world of chance some are refused rightly. */
export async function makeDatabase(
  server: SourceServer,
  name: string,
  statements: readonly string[],
): Promise<Pick<BroughtBack, 'made' | 'refused'>> {
  await server.query('postgres', `CREATE DATABASE ${q(name)} TEMPLATE template0`);
  const client = new pg.Client({ ...server, database: name, options: '-c statement_timeout=0' });
  client.on('error', () => undefined);
  await client.connect();
  const [made, refused]: [string[], string[]] = [[], []];
  try {
    for (const one of statements) {
      const sql = one.replace(/^ALTER DATABASE current /, `ALTER DATABASE ${q(name)} `);
      try {
        await client.query(sql);
        made.push(sql);
      } catch (error) {
        refused.push(`${sql} -- ${error instanceof Error ? error.message : String(error)}`);
        await client.query('RESET SESSION AUTHORIZATION');
      }
    }
    for (const sql of await unfillable(client)) {
      await client.query(sql);
      made.push(sql);
    }
  } finally {
    await client.end();
  }
  return { made, refused };
}

/** Drops what the source itself cannot fill again, by what was made since: a copy cannot either, and says so rightly. */
async function unfillable(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'm' AND relispopulated ORDER BY oid`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    await client.query('BEGIN');
    const isFilled = await client.query(`REFRESH MATERIALIZED VIEW ${name}`).then(
      () => true,
      () => false,
    );
    await client.query('ROLLBACK');
    if (!isFilled) found.push(`DROP MATERIALIZED VIEW IF EXISTS ${name} CASCADE`);
  }
  return found;
}

/** What an image knows of the database's own search_path by its dump's settings. */
async function pathsOf(bed: LoadBed, name: string) {
  const [found] = await bed.source.query(
    'postgres',
    `SELECT substr(s, 13) AS path FROM pg_db_role_setting r JOIN pg_database d ON d.oid = r.setdatabase, unnest(setconfig) s
     WHERE d.datname = ${pg.escapeLiteral(name)} AND setrole = 0 AND s LIKE 'search_path=%'`,
  );
  return { database: found === undefined ? null : String(found.path) };
}
