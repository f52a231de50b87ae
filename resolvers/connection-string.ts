import type { ServerEndpoint } from '../jobs/ports/records.ts';

/** Who logs in; without a password where a person is to type it. */
export interface Login {
  readonly username: string;
  readonly password?: string;
  /** Default `postgres`, which every server has. */
  readonly database?: string;
}

/**
 * The URL that libpq and drivers connect with. Without a password in the login it holds none.
 * Its form: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function buildConnectionString({ host, port }: ServerEndpoint, login: Login): string {
  const { username, password, database = 'postgres' } = login;
  const user = [username, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(':');
  // An IPv6 address stands in brackets, and its colons as they are.
  const address = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
  return `postgresql://${user}@${address}:${port}/${encodeURIComponent(database)}`;
}
