import pg from 'pg';
import type { ServerSecret } from '../../jobs/ports/platform/servers.ts';
import { buildScramVerifier } from '../secrets/scram-verifier.ts';

/** Two at once would trip over each other; the lock ends with the session. */
const ALONE = `SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtext('toygres owner'))`;
/** What a user may have defined already is not asked in the place of PostgreSQL's own. */
const PINNED = 'SET search_path = pg_catalog';
const ROLE = 'SELECT FROM pg_catalog.pg_roles WHERE rolname = $1';
const OWNED_DATABASE = `
  SELECT r.rolname = $1 AS owned
  FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba WHERE d.datname = $1`;
const RIGHTS = 'LOGIN CREATEDB CREATEROLE NOSUPERUSER NOREPLICATION NOBYPASSRLS';

/**
 * Makes the login that is no superuser, and the database of its name that it owns; what is there already is set to that.
 * It goes to the server as a verifier: a statement may be logged.
 */
export async function ensureOwnerLogin(client: pg.Client, owner: ServerSecret): Promise<void> {
  const name = pg.escapeIdentifier(owner.username);
  const verifier = pg.escapeLiteral(buildScramVerifier(owner.password));
  await client.query(PINNED);
  await client.query(ALONE);
  const { rowCount } = await client.query(ROLE, [owner.username]);
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${name} WITH ${RIGHTS} PASSWORD ${verifier}`);
  const { rows } = await client.query<{ owned: boolean }>(OWNED_DATABASE, [owner.username]);
  const [found] = rows;
  // Nobody is connected to template0, who would keep it from being copied.
  if (found === undefined) await client.query(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`);
  else if (!found.owned) await client.query(`ALTER DATABASE ${name} OWNER TO ${name}`);
}
