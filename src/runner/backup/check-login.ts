import { mayBeOfTrigger, NO_EVENT_TRIGGERS } from '../../guarded-postgres/pinned-settings.ts';
import { ServerError, SessionLostError } from '../../guarded-postgres/server-error.ts';
import { type Login, NO_ANSWER, openSession, type Session } from '../../guarded-postgres/session.ts';
import { pause } from '../../waiting/pause.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';
import { describeError } from '../postgres/describe-error.ts';

/** A database to work from that the server has, and the server's major version. */
export interface FoundServer {
  readonly maintenance: string;
  readonly major: number;
  /** Stays open: the server's roles and settings are asked for in it. */
  readonly session: Session;
}

const UNKNOWN_DATABASE = '3D000';
const WRONG_PASSWORD = '28P01';
/** It starts, recovers or shuts down: a server that died is brought back meanwhile. */
const NOT_YET = '57P03';
const PATIENCE_MS = 120_000;
const BETWEEN_MS = 500;

/**
 * The recorded password must still be the server's: an image whose password is unknown cannot be used by anybody. A server
 * that takes no connections yet is waited for, two minutes at most.
 */
export async function checkLogin(
  login: Login,
  { signal, report }: Pick<Attempt, 'signal' | 'report'>,
  patienceMs = PATIENCE_MS,
): Promise<FoundServer> {
  if (login.password === '' || login.password.includes('\n')) {
    throw finalFailure('the recorded password is empty or has more than one line');
  }
  const begun = performance.now();
  let isTold = false;
  let failure: unknown;
  for (;;) {
    const found = await tryLogin(login);
    if (!('failure' in found)) return found;
    failure = found.failure;
    if (!(failure instanceof ServerError && failure.code === NOT_YET)) break;
    if (performance.now() - begun > patienceMs) break;
    if (!isTold) report.log(`The server takes no connections yet (${describeError(failure)}): waiting for it`);
    isTold = true;
    await pause(BETWEEN_MS, signal);
    signal.throwIfAborted();
  }
  if (failure instanceof JobFailure) throw failure;
  if (failure instanceof ServerError && failure.code === WRONG_PASSWORD) {
    throw finalFailure(
      `the recorded password of role ${login.user} no longer logs in: it was changed on the server. Set it back with ALTER ROLE ... PASSWORD, then take the image again`,
      failure,
    );
  }
  throw new JobFailure(`the server cannot be reached: ${describeError(failure)}`, { cause: failure });
}

async function tryLogin(login: Login): Promise<FoundServer | { readonly failure: unknown }> {
  let failure: unknown;
  for (const maintenance of ['postgres', 'template1']) {
    try {
      const major = await readMajor(login, maintenance);
      return { maintenance, major, session: await openSession(login, { database: maintenance, major }) };
    } catch (error) {
      failure = error;
      if (!(error instanceof ServerError && error.code === UNKNOWN_DATABASE)) break;
    }
  }
  return { failure };
}

/** The first session, without what only some versions know. */
async function openFirst(login: Login, database: string): Promise<Session> {
  try {
    return await openSession(login, { database, major: null });
  } catch (error) {
    const mayHang = error instanceof SessionLostError && error.message.includes(NO_ANSWER);
    if (!mayHang && !(error instanceof ServerError && mayBeOfTrigger(error.code))) throw error;
    // An event trigger for logins may refuse everybody, or keep everybody waiting.
    return await openSession(login, { database, major: null, settings: NO_EVENT_TRIGGERS }).catch(() => {
      throw error;
    });
  }
}

async function readMajor(login: Login, database: string): Promise<number> {
  const session = await openFirst(login, database);
  try {
    const major = Number(/^(\d{1,3})\b/.exec(session.serverVersion ?? '')?.[1]);
    if (!Number.isInteger(major)) throw finalFailure('the server does not say which version it is');
    return major;
  } finally {
    await session.close();
  }
}
