import { AppError } from '../../schema/errors.ts';
import { findServerError, translateDatabaseError } from './errors.ts';

const DEFAULT_PORT = '5432';

/** What node says of a connection that never came to be. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ETIMEDOUT: 'no answer came',
  EHOSTUNREACH: 'no way leads to the host',
  ENETUNREACH: 'no way leads to its network',
  ENOENT: 'there is no such socket',
};

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
  const timedOut = message === 'timeout expired' ? 'no answer came' : undefined;
  const reason = said ?? timedOut ?? REASONS[String(code)];
  if (reason === undefined) return translateDatabaseError(error);
  return new AppError(
    'UNAVAILABLE',
    `The CMS database at ${placeOf(url)} cannot be used: ${reason}. Check that server, and DATABASE_URL if it is set.`,
    { cause: error },
  );
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
    if (typeof code === 'string' && NOT_YET.test(code)) return true;
    if (typeof message === 'string' && BROKE_OFF.test(message)) return true;
  }
  return false;
}
