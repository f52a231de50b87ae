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

function place(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'the local socket'}:${port || DEFAULT_PORT}${pathname}`;
}

/**
 * Why the CMS database cannot be used, for whoever has just configured it: UNAVAILABLE with host, port, database and the
 * server's own reason, never with the login. An AppError, and what no server and no network said, is given back as it is.
 */
export function explainUnusable(error: unknown, url: string): unknown {
  if (error instanceof AppError) return error;
  const said = findServerError(error)?.message;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const timedOut = message === 'timeout expired' ? 'no answer came' : undefined;
  const reason = said ?? timedOut ?? REASONS[String(code)];
  if (reason === undefined) return translateDatabaseError(error);
  return new AppError(
    'UNAVAILABLE',
    `The CMS database at ${place(url)} cannot be used: ${reason}. Check that server, and DATABASE_URL if it is set.`,
    { cause: error },
  );
}
