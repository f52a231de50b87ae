import pg from 'pg';
import type { Address, ServerSecret } from '../../jobs/ports/platform/servers.ts';
import { AppError } from '../../schema/errors.ts';
import { ProtocolError } from '../guarded-postgres/frames.ts';
import { AnswerError, ServerError } from '../guarded-postgres/server-error.ts';
import { maskSecret } from '../secrets/mask-secrets.ts';

/** Not now: starting, shutting down, too many clients, no room. Everything else that a server says is its last word. */
export const NOT_NOW = /^(57P0[1-4]|53)/;
const LOGIN_REFUSED = /^28/;
/** What is said of a certificate that proves nothing. */
const NO_PROOF = /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_SSL)/;
const NO_TLS = 'The server does not support SSL connections';

/** True when a server answered and did not take the login. */
export function isLoginRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && LOGIN_REFUSED.test(error.code ?? '');
}

/** What to do, by the code of PostgreSQL's error or by the class that it begins with; the more exact one decides. */
const REMEDIES: Readonly<Record<string, string>> = {
  '3D000': 'Toygres connects to the database "postgres": create it again, CREATE DATABASE postgres.',
  '55000': 'Let connections in again: ALTER DATABASE postgres ALLOW_CONNECTIONS true.',
  '42501': 'Give the role its rights back: ALTER ROLE postgres SUPERUSER LOGIN.',
  '53100': 'Free some of its disk, or give the instance a larger volume.',
  '53200': 'It is out of memory: lower shared_buffers, work_mem or max_connections.',
  '53300': 'End some of its sessions, or raise max_connections and restart the instance.',
  '57P01': 'Its sessions are being ended: try again.',
  '57P02': 'It recovers from a crash: try again.',
  '57P03': 'It is starting or shutting down: try again.',
  '58': 'Its files cannot be read or written: see its log.',
};
const ELSE = 'See its log for more.';

/** Longer ones are not PostgreSQL's. */
const LONGEST_WORDS = 300;
/** Looking through a megabyte would cost more than the check. */
const READ_LENGTH = 4_096;

/** A server's own words: it is not ours, so that what is no text, what is endless and the password are taken out. */
function wordsOf({ message }: pg.DatabaseError, { password }: ServerSecret): string {
  const read = message.slice(0, READ_LENGTH + password.length);
  const masked = password === '' ? read : read.replaceAll(password, maskSecret(password));
  // Where it was cut a part of the password may stand.
  const clean = (read.length < message.length ? masked.slice(0, masked.length - password.length) : masked)
    .replaceAll(/\p{C}+/gu, ' ')
    .trim();
  return clean.length > LONGEST_WORDS ? `${clean.slice(0, LONGEST_WORDS)}…` : clean;
}

/** What a failed connection comes to: UNAVAILABLE for what may pass, STEP_FAILED with the server's words else. */
export function translateProbeError(error: unknown, { host, port }: Address, login: ServerSecret): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // What a client says may quote the login.
  const cause = new Error(`connection failed: ${code || (error instanceof Error ? error.name : 'unknown')}`);
  if (error instanceof ServerError) {
    return new AppError(
      'STEP_FAILED',
      `The server at ${host}:${port} asks for the password in a way that gives it away, and was not told it: let ` +
        'pg_hba.conf ask for scram-sha-256, and set the password again where its verifier is of another kind.',
      { cause },
    );
  }
  if (error instanceof ProtocolError || error instanceof AnswerError) {
    const message = `What answers at ${host}:${port} does not behave as PostgreSQL: ${error.message}. ${ELSE}`;
    return new AppError('STEP_FAILED', message, { cause });
  }
  if (NO_PROOF.test(code) || (error instanceof Error && error.message === NO_TLS)) {
    return new AppError(
      'STEP_FAILED',
      `What answers at ${host}:${port} does not show a certificate of this installation (${code || 'no TLS'}), and was ` +
        'told nothing: restart the instance, which gives it another one.',
      { cause },
    );
  }
  if (!(error instanceof pg.DatabaseError)) {
    const why = code || 'no answer in time';
    return new AppError('UNAVAILABLE', `Nothing answers at ${host}:${port} (${why}).`, { cause });
  }
  if (LOGIN_REFUSED.test(code)) {
    return new AppError(
      'STEP_FAILED',
      `The server at ${host}:${port} refuses the login of ${login.username} with the recorded password: it was changed on the server. Rotate its credentials: to another one, or to the one that is set there.`,
      { cause },
    );
  }
  const said = `${wordsOf(error, login)} (${code})`;
  const remedy = REMEDIES[code] ?? REMEDIES[code.slice(0, 2)] ?? ELSE;
  if (NOT_NOW.test(code)) {
    return new AppError('UNAVAILABLE', `The server at ${host}:${port} takes no connection now: ${said}. ${remedy}`, {
      cause,
    });
  }
  return new AppError('STEP_FAILED', `The server at ${host}:${port} answers with an error: ${said}. ${remedy}`, {
    cause,
  });
}
