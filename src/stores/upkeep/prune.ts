import { type SQL, sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import { ENDED_RECORD_STATES, TERMINAL_OPERATION_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** What a batch did, and where the next one begins: null when it is through. */
export interface PrunedBatch {
  readonly deleted: number;
  readonly next: string | null;
}

/** Looks at one batch of the old rows, from a place on that an earlier one ended at, and deletes of it what may go. */
export type DeleteBatch = (database: Database, from: string) => Promise<PrunedBatch>;

/** Where the first batch begins. */
export const FROM_THE_OLDEST = '';

/** A batch whose rows all go: the next one begins where this one began. */
export function wholly(deleteSome: (database: Database) => Promise<number>): DeleteBatch {
  return async (database) => {
    const deleted = await deleteSome(database);
    return { deleted, next: deleted === 0 ? null : FROM_THE_OLDEST };
  };
}

/** The beginning of the statement: an index serves a moment that stands, and not one that is worked out for each row. */
const daysAgo = (days: number) => sql`now() - ${days} * interval '1 day'`;

/** Before every other. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

interface Place extends Record<string, unknown> {
  readonly deleted: number;
  readonly looked: number;
  readonly next: string | null;
}

/**
 * Looks at the rows `r` of a table that ended so long ago, oldest first and so many at a time, and deletes those that are
 * over and not to be kept. What is kept is passed over, and not read again for what comes after it.
 */
function deleteEnded(
  table: string,
  { days, isOver, isKept, batch }: { days: number; isOver: SQL; isKept: SQL; batch: number },
): DeleteBatch {
  const of = sql`cms.${sql.identifier(table)}`;
  return async ({ orm }, from) => {
    const [at, id] = from === FROM_THE_OLDEST ? ['-infinity', NO_ID] : from.split(' ');
    const { rows } = await answered(
      orm.execute<Place>(sql`
        WITH looked AS MATERIALIZED (
          SELECT r.id, r.finished_at FROM ${of} r
          WHERE ${isOver} AND r.finished_at < ${daysAgo(days)} AND (r.finished_at, r.id) > (${at}::timestamptz, ${id}::uuid)
          ORDER BY r.finished_at, r.id LIMIT ${batch}
        ), gone AS (
          DELETE FROM ${of} WHERE id = ANY (ARRAY(
            SELECT r.id FROM ${of} r WHERE r.id = ANY (ARRAY(SELECT id FROM looked)) AND ${isOver} AND NOT (${isKept})
            FOR UPDATE OF r SKIP LOCKED)) RETURNING id
        )
        SELECT (SELECT count(*) FROM gone)::integer AS deleted, (SELECT count(*) FROM looked)::integer AS looked,
          (SELECT to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' ' || id
            FROM looked ORDER BY finished_at DESC, id DESC LIMIT 1) AS next`),
    );
    const [{ deleted, looked, next } = { deleted: 0, looked: 0, next: null }] = rows;
    return { deleted, next: looked < batch ? null : next };
  };
}

/**
 * Operations that ended so long ago, with their steps, events and jobs. What is kept all the same: the newest so many of
 * every instance and image that is neither DELETED nor FAILED, and those of drills that are on record. Never touches one that
 * is not over, or that somebody is about to retry.
 */
export function deleteOperations(days: number, keepNewest: number, batch = 200): DeleteBatch {
  const isAmongNewest = (noun: 'instance' | 'image') => {
    const column = sql.identifier(`${noun}_id`);
    return sql`(EXISTS (
      SELECT FROM cms.${sql.identifier(`${noun}s`)} t WHERE t.id = r.${column} AND t.state NOT IN (${sql.raw(listed(ENDED_RECORD_STATES))})
    ) AND (
      SELECT count(*) FROM (
        SELECT FROM cms.operations n WHERE n.${column} = r.${column} AND (n.created_at, n.id) > (r.created_at, r.id)
        LIMIT ${keepNewest}) newer
    ) < ${keepNewest})`;
  };
  return deleteEnded('operations', {
    days,
    batch,
    isOver: sql`r.state IN (${sql.raw(listed(TERMINAL_OPERATION_STATES))})`,
    isKept: sql`EXISTS (SELECT FROM cms.drills d WHERE d.operation_id = r.id)
      OR ${isAmongNewest('instance')} OR ${isAmongNewest('image')}`,
  });
}

/** Rows of one table that a condition makes old. */
function deleteRows(table: string, isOld: SQL, batch: number): DeleteBatch {
  const of = sql`cms.${sql.identifier(table)}`;
  const statement = sql`
    DELETE FROM ${of} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${of} WHERE ${isOld} LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  return wholly(async ({ orm }) => (await answered(orm.execute(statement))).rowCount ?? 0);
}

export function deleteHealthChecks(days: number): DeleteBatch {
  return deleteRows('health_checks', sql`at < ${daysAgo(days)}`, 10_000);
}

export function deleteIdempotencyKeys(days: number): DeleteBatch {
  return deleteRows('idempotency_keys', sql`created_at < ${daysAgo(days)}`, 5_000);
}

/** Differences that are over. */
export function deleteDrift(days: number): DeleteBatch {
  return deleteRows('drift', sql`state IN ('REMOVED', 'RESOLVED') AND last_seen < ${daysAgo(days)}`, 5_000);
}

/** Workers, and holders of duties, that have been silent for a day. */
export function deleteSilentWorkers(): DeleteBatch {
  return deleteRows('workers', sql`seen_at < ${daysAgo(1)}`, 5_000);
}

export function deleteSilentLeases(): DeleteBatch {
  return deleteRows('leases', sql`expires_at < ${daysAgo(1)}`, 5_000);
}

/** Runs of schedules that are over so long, but of each schedule the newest so many. */
export function deleteScheduleRuns(days: number, keepNewest: number, batch = 200): DeleteBatch {
  return deleteEnded('schedule_runs', {
    days,
    batch,
    isOver: sql`r.state <> 'RUNNING'`,
    isKept: sql`(SELECT count(*) FROM (SELECT FROM cms.schedule_runs n WHERE n.schedule_id = r.schedule_id
      AND (n.due_at, n.id) > (r.due_at, r.id) LIMIT ${keepNewest}) newer) < ${keepNewest}`,
  });
}

/**
 * Drills that are over so long. What says how well something could be brought back is kept however old: the newest and the
 * newest that passed of every image that is not DELETED, and of every instance.
 */
export function deleteDrills(days: number, batch = 200): DeleteBatch {
  const isNewest = (column: string, condition: SQL) => sql`
    NOT EXISTS (SELECT FROM cms.drills n WHERE n.${sql.identifier(column)} = r.${sql.identifier(column)} AND ${condition}
      AND (n.started_at, n.id) > (r.started_at, r.id))`;
  const isLastWord = (
    column: string,
  ) => sql`((r.state <> 'CANCELLED' AND ${isNewest(column, sql`n.state IN ('PASSED', 'FAILED')`)})
    OR (r.state = 'PASSED' AND ${isNewest(column, sql`n.state = 'PASSED'`)}))`;
  return deleteEnded('drills', {
    days,
    batch,
    isOver: sql`r.state <> 'RUNNING'`,
    isKept: sql`(EXISTS (SELECT FROM cms.images m WHERE m.id = r.image_id AND m.state <> 'DELETED') AND ${isLastWord('image_id')})
      OR ${isLastWord('source_instance_id')}`,
  });
}

/** Alerts that are over so long. */
export function deleteAlerts(days: number): DeleteBatch {
  return deleteRows('alerts', sql`resolved_at < ${daysAgo(days)}`, 5_000);
}

/** Messages to webhooks that are delivered or given up, and those that wait for a disabled webhook. */
export function deleteDeliveries(days: number): DeleteBatch {
  return deleteRows('webhook_deliveries', sql`created_at < ${daysAgo(days)}`, 5_000);
}
