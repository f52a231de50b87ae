import * as z from 'zod';
import type { Question } from '../../guarded-postgres/session.ts';
import { type oid, whole, words } from './columns.ts';

const Wait = z
  .tuple([words.nullable(), whole, words.nullable(), words.nullable(), words.nullable(), words.nullable()])
  .transform(([table, pid, user, application, since, gid]) => ({ table, pid, user, application, since, gid }));
/** A lock that pg_dump waits for, and who holds it: a session, or a prepared transaction, which has no process. */
export type LockWait = z.infer<typeof Wait>;

/** Locks that sessions of pg_dump in this database wait for now. */
export function lockWaitsIn(databaseOid: z.infer<typeof oid>): Question<LockWait> {
  return {
    sql: `
      WITH waiting AS (
        SELECT a.pid, l.relation, pg_blocking_pids(a.pid) AS holders
        FROM pg_stat_activity a
        JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
        WHERE a.datid = ${databaseOid} AND a.application_name IN ('pg_dump', 'toygres')
      )
      SELECT format('%I.%I', n.nspname, c.relname), h.pid, s.usename, s.application_name,
        to_char(s.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        (SELECT min(p.gid) FROM pg_prepared_xacts p
         JOIN pg_locks x ON x.locktype = 'transactionid' AND x.transactionid = p.transaction AND x.pid IS NULL
         JOIN pg_locks k ON k.virtualtransaction = x.virtualtransaction AND k.pid IS NULL AND k.granted
         WHERE h.pid = 0 AND k.relation = w.relation AND k.database = ${databaseOid})
      FROM waiting w
      CROSS JOIN LATERAL unnest(w.holders) AS h(pid)
      LEFT JOIN pg_stat_activity s ON s.pid = h.pid
      LEFT JOIN pg_class c ON c.oid = w.relation
      LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
      ORDER BY s.query_start NULLS FIRST LIMIT 5`,
    row: Wait,
    limits: { rows: 5, bytes: 1 << 20 },
    timeoutMs: 30_000,
  };
}

/** Sessions that wait for pg_dump in this database while pg_dump waits for them: one of the two would be ended by the server. */
export function standoffsIn(databaseOid: z.infer<typeof oid>): Question<readonly [number]> {
  return {
    sql: `
      SELECT d.pid FROM pg_stat_activity a
      CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS d(pid)
      WHERE a.datid = ${databaseOid} AND a.application_name = 'pg_dump' AND a.wait_event_type = 'Lock'
        AND a.pid = ANY (pg_blocking_pids(d.pid)) LIMIT 1`,
    row: z.tuple([whole]),
    limits: { rows: 1, bytes: 1 << 20 },
    timeoutMs: 30_000,
  };
}

/** For whom it waits, in words. */
export function describeWait({ table, pid, user, application, since, gid }: LockWait): string {
  const what = table === null ? 'a lock' : `table ${table}`;
  if (pid === 0) {
    return `${what}, which the prepared transaction ${gid === null ? '' : `'${gid.replaceAll("'", "''")}' `}holds`;
  }
  const who = [user, application].filter((part) => part !== null && part !== '').join(', ');
  return `${what}, which process ${pid}${who === '' ? '' : ` (${who})`} holds${since === null ? '' : ` by a statement of ${since}`}`;
}

/** The statement that frees it. */
export function describeRelease({ pid, gid }: LockWait): string {
  if (pid !== 0) return `SELECT pg_terminate_backend(${pid});`;
  return gid === null
    ? 'ROLLBACK PREPARED of what pg_prepared_xacts lists'
    : `ROLLBACK PREPARED '${gid.replaceAll("'", "''")}';`;
}
