import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { toolOptions } from '../../guarded-postgres/pinned-settings.ts';
import type { Login, Session } from '../../guarded-postgres/session.ts';

/** The server that tools are to reach, as a session with it has found it. */
export interface ToolServer {
  readonly major: number;
  readonly session: Pick<Session, 'askedForPassword'>;
}

/**
 * The environment in which pg_dump and its kin reach a server as our own sessions do. The password stands in a file of mode
 * 0600 below the directory, never in an environment or an argument; a server that has let a session in without one has no
 * use for it, and could only be after it.
 */
export async function writeToolEnvironment(
  login: Login,
  { major, session }: ToolServer,
  directory: string,
  connectTimeoutSeconds = 30,
): Promise<Readonly<Record<string, string>>> {
  const passfile = path.join(directory, 'passfile');
  const { askedForPassword } = session;
  const line = `*:*:*:*:${login.password.replace(/[\\:]/g, '\\$&')}\n`;
  await writeFile(passfile, askedForPassword ? line : '', { mode: 0o600 });
  return {
    PGPORT: String(login.port),
    PGUSER: login.user,
    PGPASSFILE: passfile,
    PGOPTIONS: toolOptions(major),
    PGCONNECT_TIMEOUT: String(connectTimeoutSeconds),
    // Of version 16 and later. 15 would answer whoever asks for the password in the clear, but for this: to bind the
    // channel takes TLS, and SCRAM.
    PGREQUIREAUTH: askedForPassword ? 'scram-sha-256' : 'none',
    ...placeOf(login),
    ...(await tlsEnvironment(login, directory)),
    ...(askedForPassword && login.identity !== undefined ? { PGCHANNELBINDING: 'require' } : {}),
    PGGSSENCMODE: 'disable',
  };
}

/** Tools compare the certificate with PGHOST: the server's own name, whatever address it is reached at. */
function placeOf({ host, identity }: Login): Record<string, string> {
  return identity === undefined || isIP(host) === 0 ? { PGHOST: host } : { PGHOST: identity.name, PGHOSTADDR: host };
}

/** Tools know the server by the authority, and by its name where they can be told an address beside it. */
async function tlsEnvironment({ identity }: Login, directory: string): Promise<Record<string, string>> {
  if (identity === undefined) return { PGSSLMODE: 'disable' };
  const trusted = path.join(directory, 'authorities.pem');
  await writeFile(trusted, identity.trusted, { mode: 0o600 });
  return {
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: trusted,
    PGSSLCERT: path.join(directory, 'no-certificate'),
    PGSSLKEY: path.join(directory, 'no-key'),
    PGSSLCRL: path.join(directory, 'no-list'),
    PGSSLMINPROTOCOLVERSION: 'TLSv1.2',
  };
}

/** A database's name as tools take it: as it is it would be read as a connection string where it looks like one. */
export function connectionString(database: string): string {
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}
