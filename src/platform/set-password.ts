import pg from 'pg';
import type { ServerSecret } from '../../jobs/ports/platform/servers.ts';
import { buildScramVerifier } from '../secrets/scram-verifier.ts';

/** It goes to the server as a verifier: a statement may be logged. */
const alterRole = ({ username, password }: ServerSecret, more = '') =>
  `ALTER ROLE ${pg.escapeIdentifier(username)} PASSWORD ${pg.escapeLiteral(buildScramVerifier(password))}${more}`;

const EXPIRED = 'SELECT FROM pg_catalog.pg_roles WHERE rolname = $1 AND rolvaliduntil < pg_catalog.now()';

/** Gives a role this password, in a session of a superuser. */
export async function setPassword(client: pg.Client, login: ServerSecret): Promise<void> {
  await client.query(alterRole(login));
}

/** The same for a role that may have been kept out otherwise: one whose time is over is given more. */
export async function letRoleIn(client: pg.Client, login: ServerSecret): Promise<void> {
  const { rowCount } = await client.query(EXPIRED, [login.username]);
  await client.query(alterRole(login, rowCount === 0 ? '' : " VALID UNTIL 'infinity'"));
}
