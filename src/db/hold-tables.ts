import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { AppError } from '../../schema/errors.ts';
import { placeOf } from './unusable.ts';

/** Shorter than any deadlock_timeout: of two that wait for each other it is we who give way, and nobody is ended for us. */
const EACH_TRY_MS = 500;
const PAUSE_MS = 300;
/** Refused a lock in time; chosen to end a deadlock. */
const GIVEN_WAY = ['55P03', '40P01'];

const TABLES = `SELECT c.oid::regclass::text AS name FROM pg_class c
  WHERE c.relnamespace = to_regnamespace('cms') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`;

/**
 * Takes all tables of the records for this transaction, in one order and at once, before anything of them changes. Servers of
 * the release before work on meanwhile: one lock after the other, as statements come to them, would stand in each other's way
 * and end one of both. Throws UNAVAILABLE when others keep one of them for longer than `patienceMs`.
 */
export async function holdTables(client: pg.Client, url: string, patienceMs: number): Promise<void> {
  const { rows } = await client.query<{ name: string }>(TABLES);
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  const deadline = performance.now() + patienceMs;
  await client.query(`SET LOCAL lock_timeout = ${EACH_TRY_MS}`);
  for (;;) {
    await client.query('SAVEPOINT holding');
    try {
      await client.query(`LOCK TABLE ${names} IN ACCESS EXCLUSIVE MODE`);
      break;
    } catch (error) {
      if (!GIVEN_WAY.includes((error as pg.DatabaseError).code ?? '')) throw error;
      await client.query('ROLLBACK TO SAVEPOINT holding');
      if (performance.now() > deadline) throw await tooLong(client, url, patienceMs);
      await pause(PAUSE_MS);
    }
  }
  await client.query('SET LOCAL lock_timeout = 0');
}

async function tooLong(client: pg.Client, url: string, patienceMs: number): Promise<AppError> {
  const { rows } = await client.query<{ pid: number; name: string }>(
    `SELECT DISTINCT l.pid, c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
     WHERE l.granted AND l.pid <> pg_backend_pid() AND c.relnamespace = to_regnamespace('cms') AND c.relkind IN ('r', 'p')
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1 LIMIT 5`,
  );
  const held = rows.map(({ pid, name }) => `session ${pid} has ${name}`).join(', ') || 'others had it';
  return new AppError(
    'UNAVAILABLE',
    `The CMS database at ${placeOf(url)} cannot be brought to this release: its tables could not be had within ` +
      `${Math.round(patienceMs / 1000)} s (${held}). End these sessions with pg_terminate_backend, or start when less is done.`,
  );
}
