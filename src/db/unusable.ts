import { AppError } from '../../schema/errors.ts';
import { findServerError, translateDatabaseError } from './errors.ts';

const DEFAULT_PORT = '5432';
const UNKNOWN_AUTHORITY =
  'its certificate is of an authority that is not known here; name the file of that with sslmode=verify-full&sslrootcert=';

/** What node says of a connection that never came to be. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ETIMEDOUT: 'no answer came',
  EHOSTUNREACH: 'no way leads to the host',
  ENETUNREACH: 'no way leads to its network',
  ENOENT: 'there is no such socket',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; use the name that it is for',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** What the driver says without a code. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^timeout expired/, 'no answer came'],
  [/does not support SSL/, 'it speaks no TLS, which sslmode asks for; set ssl = on there, or leave sslmode out'],
];

/** Host, port and database of a URL, without its login. The URL is one that `findUrlFault` has nothing against. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'the local socket'}:${port || DEFAULT_PORT}${pathname}`;
}

/**
 * Why the CMS database cannot be used, for whoever has just configured it: UNAVAILABLE with host, port, database and the
 * server's own reason, never with the login. An AppError, and what no server and no network said, is given back as it is.
 */
export function explainUnusable(error: unknown, url: string): unknown {
  if (error instanceof AppError) return error;
  const said = explainPooler(error) ?? findServerError(error)?.message;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = SAID.find(([pattern]) => pattern.test(String(message)))?.[1];
  const reason = said ?? words ?? explainFile(error) ?? REASONS[String(code)];
  if (reason === undefined) return translateDatabaseError(error);
  return new AppError(
    'UNAVAILABLE',
    `The CMS database at ${placeOf(url)} cannot be used: ${reason}. Check that server, and DATABASE_URL if it is set.`,
    { cause: error },
  );
}

/** A file that the URL names for TLS, which is read when a connection is made. */
function explainFile(error: unknown): string | null {
  const { syscall, path, code } = error as { syscall?: unknown; path?: unknown; code?: unknown };
  if (syscall !== 'open' || typeof path !== 'string') return null;
  return `the file ${path}, which its sslrootcert, sslcert or sslkey names, cannot be read (${String(code)})`;
}

/** What a pooler says when it is asked for what only a server has. */
function explainPooler(error: unknown): string | null {
  const { code, message } = findServerError(error) ?? {};
  if (code !== '08P01' || !/startup parameter/.test(message ?? '')) return null;
  return 'a pooler stands before it, and this needs a session of its own. Set TOYGRES_DIRECT_DATABASE_URL to a way past it';
}

/** Nothing listens, the name is not known yet, the connection broke off, or the server starts, stops or is full. */
const NOT_YET =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|57P0[1-3]|53300|08(?!P01)...)$/;
const BROKE_OFF = /^(Connection terminated|timeout expired|Query read timeout)/;

/** Whether this fault of a start may pass by itself: a server that is not up yet, or whose connection broke off. */
export function isNotUpYet(error: unknown): boolean {
  for (let link = error; typeof link === 'object' && link !== null; link = (link as { cause?: unknown }).cause) {
    const { code, message } = link as { code?: unknown; message?: unknown };
    if (explainFile(link) !== null) return false;
    if (typeof code === 'string' && NOT_YET.test(code)) return true;
    if (typeof message === 'string' && BROKE_OFF.test(message)) return true;
  }
  return false;
}
