import { type SQL, sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import { ENDED_RECORD_STATES, TERMINAL_OPERATION_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** Deletes at most one batch; answers with how many rows it was. */
export type DeleteBatch = (database: Database) => Promise<number>;

function deleteWith(statement: SQL): DeleteBatch {
  return async ({ orm }) => (await answered(orm.execute(statement))).rowCount ?? 0;
}

/** The beginning of the statement: an index serves a moment that stands, and not one that is worked out for each row. */
const daysAgo = (days: number) => sql`now() - ${days} * interval '1 day'`;

/**
 * Operations that ended so long ago, with their steps, events and jobs. What is kept all the same: the newest so many of
 * every instance and image that is neither DELETED nor FAILED, and those of drills that are on record. Never touches one that is not over, or that somebody is
 * about to retry.
 */
export function deleteOperations(days: number, keepNewest: number, batch = 200): DeleteBatch {
  const isAmongNewest = (noun: 'instance' | 'image') => {
    const column = sql.identifier(`${noun}_id`);
    return sql`(EXISTS (
      SELECT FROM cms.${sql.identifier(`${noun}s`)} r WHERE r.id = o.${column} AND r.state NOT IN (${sql.raw(listed(ENDED_RECORD_STATES))})
    ) AND (
      SELECT count(*) FROM (
        SELECT FROM cms.operations n WHERE n.${column} = o.${column} AND (n.created_at, n.id) > (o.created_at, o.id)
        LIMIT ${keepNewest}) newer
    ) < ${keepNewest})`;
  };
  return deleteWith(sql`
    DELETE FROM cms.operations WHERE id = ANY (ARRAY(
      SELECT o.id FROM cms.operations o
      WHERE o.state IN (${sql.raw(listed(TERMINAL_OPERATION_STATES))}) AND o.finished_at < ${daysAgo(days)}
        AND NOT EXISTS (SELECT FROM cms.drills d WHERE d.operation_id = o.id)
        AND NOT ${isAmongNewest('instance')} AND NOT ${isAmongNewest('image')}
      ORDER BY o.finished_at LIMIT ${batch} FOR UPDATE SKIP LOCKED))`);
}

/** Rows of one table that a condition makes old. */
function deleteRows(table: string, isOld: SQL, batch: number): DeleteBatch {
  const of = sql`cms.${sql.identifier(table)}`;
  return deleteWith(sql`
    DELETE FROM ${of} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${of} WHERE ${isOld} LIMIT ${batch} FOR UPDATE SKIP LOCKED))`);
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
  return deleteWith(sql`
    DELETE FROM cms.schedule_runs WHERE id = ANY (ARRAY(
      SELECT r.id FROM cms.schedule_runs r WHERE r.state <> 'RUNNING' AND r.finished_at < ${daysAgo(days)}
        AND (SELECT count(*) FROM (SELECT FROM cms.schedule_runs n WHERE n.schedule_id = r.schedule_id
          AND (n.due_at, n.id) > (r.due_at, r.id) LIMIT ${keepNewest}) newer) >= ${keepNewest}
      ORDER BY r.finished_at LIMIT ${batch} FOR UPDATE SKIP LOCKED))`);
}

/**
 * Drills that are over so long. What says how well something could be brought back is kept however old: the newest and the
 * newest that passed of every image that is not DELETED, and of every instance.
 */
export function deleteDrills(days: number, batch = 200): DeleteBatch {
  const isNewest = (column: string, condition: SQL) => sql`
    NOT EXISTS (SELECT FROM cms.drills n WHERE n.${sql.identifier(column)} = d.${sql.identifier(column)} AND ${condition}
      AND (n.started_at, n.id) > (d.started_at, d.id))`;
  const passed = sql`n.state = 'PASSED'`;
  const spoke = sql`n.state IN ('PASSED', 'FAILED')`;
  return deleteWith(sql`
    DELETE FROM cms.drills WHERE id = ANY (ARRAY(
      SELECT d.id FROM cms.drills d LEFT JOIN cms.images m ON m.id = d.image_id
      WHERE d.state <> 'RUNNING' AND d.finished_at < ${daysAgo(days)}
        AND NOT (coalesce(m.state, 'DELETED') <> 'DELETED'
          AND ((d.state <> 'CANCELLED' AND ${isNewest('image_id', spoke)}) OR (d.state = 'PASSED' AND ${isNewest('image_id', passed)})))
        AND NOT ((d.state <> 'CANCELLED' AND ${isNewest('source_instance_id', spoke)}) OR (d.state = 'PASSED' AND ${isNewest('source_instance_id', passed)}))
      ORDER BY d.finished_at LIMIT ${batch} FOR UPDATE OF d SKIP LOCKED))`);
}

/** Alerts that are over so long. */
export function deleteAlerts(days: number): DeleteBatch {
  return deleteRows('alerts', sql`resolved_at < ${daysAgo(days)}`, 5_000);
}

/** Messages to webhooks that are delivered or given up, and those that wait for a disabled webhook. */
export function deleteDeliveries(days: number): DeleteBatch {
  return deleteRows('webhook_deliveries', sql`created_at < ${daysAgo(days)}`, 5_000);
}
