import { type SQL, sql } from 'drizzle-orm';

const rfc3339 = (column: string): SQL =>
  sql.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** A row of operation_steps, under the alias `s`, as an event keeps it. */
export const stepOfEvent: SQL = sql`jsonb_build_object(
  'position', s.position, 'name', s.name, 'state', s.state, 'attempt', s.attempt, 'progress', s.progress,
  'failure', s.failure, 'startedAt', ${rfc3339('s.started_at')}, 'finishedAt', ${rfc3339('s.finished_at')})`;
