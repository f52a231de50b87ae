import { DrizzleQueryError } from 'drizzle-orm/errors';
import pg from 'pg';
import { AppError } from '../../schema/errors.ts';

/** SQLSTATE classes and codes that say "not now": connection lost, shutting down, too many clients, serialization, lock. */
const PASSING = /^(08...|57P0[1-4]|53[0-3]..|40001|40P01|55P03)$/;
/** What node says of a connection that broke below the protocol. */
const BROKEN_CONNECTION = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT$)/;

function* chain(error: unknown): Generator<object> {
  for (let current = error; typeof current === 'object' && current !== null; ) {
    yield current;
    current = (current as { cause?: unknown }).cause;
  }
}

/** The server's own error below drizzle's wrapping, if there is one. */
export function findServerError(error: unknown): pg.DatabaseError | null {
  for (const link of chain(error)) if (link instanceof pg.DatabaseError) return link;
  return null;
}

/** True when this error is the violation of that unique index or constraint. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = findServerError(error);
  return cause?.code === '23505' && cause.constraint === constraint;
}

function isConnectionLoss(error: unknown): boolean {
  for (const link of chain(error)) {
    if (link instanceof DatabaseUnavailable) return true;
    const { code, message } = link as { code?: unknown; message?: unknown };
    if (typeof code === 'string' && (PASSING.test(code) || BROKEN_CONNECTION.test(code))) return true;
    if (
      typeof message === 'string' &&
      /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/.test(message)
    )
      return true;
    if (isSilence(link)) return true;
  }
  return false;
}

/** A standby that was promoted elsewhere refuses every change until somebody mends it: work waits, as for a lost server. */
function isReadOnly(error: unknown): boolean {
  return findServerError(error)?.code === '25006';
}

/** The pool's own words, which it says of a server that does not answer, too: it is no use to tell them apart here. */
function isPoolExhausted(error: unknown): boolean {
  for (const link of chain(error)) {
    if (/^timeout exceeded when trying to connect/.test(String((link as { message?: unknown }).message))) return true;
  }
  return false;
}

/** True when the server, or the role or database, has no connection left. */
export function isFull(error: unknown): boolean {
  return findServerError(error)?.code === '53300';
}

/** True when the server has not answered in time: the connection may lead nowhere any more. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** What is said of faults whose cause the server names: whoever reads it can mend that. */
const REASONS: Readonly<Record<string, string>> = {
  25006:
    'The CMS database takes no changes: it was failed over to a standby, or set to read only. Make it writable, or lead DATABASE_URL to the primary server.',
  53100:
    'The CMS database cannot be written: the disk of its server is full. Make room there; nothing of ours is lost.',
  53300:
    'The CMS database has no connection left: raise its max_connections, or lower TOYGRES_DATABASE_CONNECTIONS and TOYGRES_QUEUE_CONNECTIONS of each process.',
};

/** Why a server that reads well did not write; null where it was something else. */
export function explainRefusedWrite(error: unknown): string | null {
  const code = findServerError(error)?.code;
  return code === '25006' || code === '53100' ? (REASONS[code] ?? null) : null;
}

/** The CMS database itself does not answer: apart from every other UNAVAILABLE, since it says nothing about a run's work. */
export class DatabaseUnavailable extends AppError {}

/**
 * True for a passing fault of the CMS database, translated or as drizzle threw it. Connection errors of anything else
 * (a server that is probed, the blob store) are none: their adapters have translated them.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (const link of chain(error)) {
    if (link instanceof DatabaseUnavailable) return true;
    if (link instanceof AppError) return false;
    if (link instanceof DrizzleQueryError) return isConnectionLoss(link) || isReadOnly(link);
  }
  return false;
}

/**
 * Makes a passing database fault UNAVAILABLE, with a message that holds neither SQL nor parameters. An AppError and every
 * other error is given back as it is: the latter reaches clients as INTERNAL.
 */
export function translateDatabaseError(error: unknown): unknown {
  for (const link of chain(error)) if (link instanceof DatabaseUnavailable) return link;
  if (error instanceof AppError) return error;
  const reason = REASONS[findServerError(error)?.code ?? ''];
  if (reason !== undefined) return new DatabaseUnavailable('UNAVAILABLE', reason, { cause: error });
  if (isPoolExhausted(error)) {
    return new DatabaseUnavailable(
      'UNAVAILABLE',
      'No connection to the CMS database came free in time: try again in a moment, or raise TOYGRES_DATABASE_CONNECTIONS.',
      { cause: error },
    );
  }
  if (!isConnectionLoss(error)) return error;
  return new DatabaseUnavailable('UNAVAILABLE', 'The CMS database does not answer; try again in a moment.', {
    cause: error,
  });
}
