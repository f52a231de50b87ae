import * as z from 'zod';
import type { Question } from '../../guarded-postgres/session.ts';
import { count, whole, words } from './columns.ts';

const Waiters = z
  .tuple([count, count, whole, words.nullable(), words.nullable(), words.nullable()])
  .transform(([sessions, seconds, pid, user, application, table]) => ({
    sessions,
    longest: { seconds, pid, user, application, table },
  }));
/** Sessions that wait behind an image: how many, and which of them has waited the longest, for which table. */
export type LockWaiters = z.infer<typeof Waiters>;

/**
 * Sessions of this database that wait for a lock that an image holds, or for somebody who does: readers queue behind a change
 * that waits for the dump. No row where nobody waits.
 */
export function lockWaitersIn(databaseOid: number): Question<LockWaiters> {
  return {
    sql: `
      WITH RECURSIVE waiting AS (
        SELECT a.pid, a.usename, a.application_name, l.relation, pg_blocking_pids(a.pid) AS holders,
          greatest(extract(epoch FROM clock_timestamp() - coalesce(l.waitstart, a.query_start)), 0) AS seconds
        FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
        WHERE a.datid = ${databaseOid} AND a.application_name NOT IN ('pg_dump', 'toygres')
      ), behind AS (
        SELECT pid FROM pg_stat_activity WHERE datid = ${databaseOid} AND application_name IN ('pg_dump', 'toygres')
        UNION
        SELECT w.pid FROM waiting w JOIN behind b ON b.pid = ANY (w.holders)
      )
      SELECT count(*) OVER (), w.seconds::bigint, w.pid, w.usename, w.application_name, format('%I.%I', n.nspname, c.relname)
      FROM waiting w JOIN behind b ON b.pid = w.pid
      LEFT JOIN pg_class c ON c.oid = w.relation LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
      ORDER BY w.seconds DESC LIMIT 1`,
    row: Waiters,
    limits: { rows: 1, bytes: 1 << 20 },
    timeoutMs: 30_000,
  };
}

/** How many wait, in words, and for how long the one that has waited the longest, whose it is and for what. */
export function describeWaiters({ sessions, longest }: LockWaiters, tense: 'wait' | 'waited'): string {
  const { seconds, pid, user, application, table } = longest;
  const who = [user, application].filter((part) => part !== null && part !== '').join(', ');
  const many = sessions === 1 ? `1 session ${tense === 'wait' ? 'waits' : tense}` : `${sessions} sessions ${tense}`;
  return `${many} behind the locks of this image, the longest for ${seconds} s: process ${pid}${who === '' ? '' : ` (${who})`}${table === null || table === '.' ? '' : ` for table ${table}`}`;
}
