import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { count } from '../catalogue/columns.ts';
import { HOLD_FIRST, HOLD_REST } from '../catalogue/definitions.ts';
import { describeError } from '../postgres/describe-error.ts';

const HELD_MS = 2_000;
const PATIENCE_MS = 10_000;
const PAUSE_MS = 10;
const LOOKS = 10;
const LOOK_MS = 10;
/** query_canceled, deadlock_detected and lock_not_available: it took too long, or it is we who give way. Then it is tried again. */
const GAVE_WAY = ['57014', '40P01', '55P03'];

/** How long the first lock is waited for, and who comes then behind it: a quarter of what a session waits before it looks for a deadlock. */
const LOCKING_MS = {
  sql: `SELECT greatest(setting::int8 / 4, 1) FROM pg_settings WHERE name = 'deadlock_timeout'`,
  row: z.tuple([count]),
};

/** Transactions that have changed something and are not over, and those of them that wait for what we hold. */
const UNDER_WAY = {
  sql: `
    SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock' AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
    FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()`,
  row: z.tuple([count, count]),
};

/**
 * Keeps definitions from changing until the returned function is called, or for two seconds: rows change on, but whoever makes
 * or drops objects waits. It begins at a moment when nobody is in the middle of that. Without it where none is found.
 */
export async function holdDefinitions(watch: Session, log: (text: string) => void): Promise<() => Promise<void>> {
  const [[lockingMs] = [0]] = await watch.ask(LOCKING_MS);
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await delay(PAUSE_MS)) {
    await watch.run('BEGIN');
    try {
      await watch.run(`SET LOCAL statement_timeout = ${lockingMs}`);
      await watch.run(HOLD_FIRST);
      await watch.run(HOLD_REST);
      await watch.run('SET LOCAL statement_timeout = 0');
      if (await isQuiet(watch)) {
        log('definitions are kept from changing for two seconds at most');
        return releasing(watch);
      }
    } catch (error) {
      if (!(error instanceof ServerError && GAVE_WAY.includes(error.code))) {
        await watch.run('ROLLBACK');
        log(`definitions cannot be kept from changing: ${describeError(error)}`);
        return async () => undefined;
      }
    }
    await watch.run('ROLLBACK');
  }
  log('definitions cannot be kept from changing: somebody changes them all the time');
  return async () => undefined;
}

/** Whether nobody is left who began to change definitions before: he would be waiting for us, or is about to end. */
async function isQuiet(watch: Session): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    const [[underWay, waiting] = [0, 0]] = await watch.ask(UNDER_WAY);
    if (waiting > 0) return false;
    if (underWay === 0) return true;
    await delay(LOOK_MS);
  }
  // Transactions that only change rows may last.
  return true;
}

function releasing(watch: Session): () => Promise<void> {
  let isHeld = true;
  const release = async () => {
    if (!isHeld) return;
    isHeld = false;
    clearTimeout(timer);
    await watch.run('ROLLBACK');
  };
  const timer = setTimeout(() => void release().catch(() => undefined), HELD_MS);
  return release;
}
