import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { ImageState, OperationState, ScheduledImageState } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';
import { storableText } from '../stored-text.ts';

/** An image of a run that is neither done nor given up, with how its operations stand. */
export interface OpenImage extends Record<string, unknown> {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly state: Extract<ScheduledImageState, 'TAKING' | 'PROVING'>;
  readonly imageId: string;
  /** Of the operation that takes the image, or of the drill; null once that is pruned. */
  readonly operationState: OperationState | null;
  readonly failure: string | null;
  readonly imageState: ImageState | null;
}

/** The next image to take. */
export interface NextImage extends Record<string, unknown> {
  readonly instanceId: string;
  readonly instanceName: string;
}

/** What became of all images of a run; `failed` has the first few by the names of their instances. */
export interface RunTally extends Record<string, unknown> {
  readonly pending: number;
  readonly underWay: number;
  readonly succeeded: number;
  readonly skipped: number;
  readonly failed: number;
  /** How many of the failed ones somebody cancelled. */
  readonly cancelled: number;
  readonly failures: readonly { readonly name: string; readonly message: string | null }[];
}

/** The images of a locked run that are being taken or proven. */
export async function readOpenImages(tx: Transaction, runId: string): Promise<readonly OpenImage[]> {
  const { rows } = await inside(tx).execute<OpenImage>(sql`
    SELECT p.instance_id AS "instanceId", p.instance_name AS "instanceName", p.state, p.image_id AS "imageId",
      o.state AS "operationState", o.failure ->> 'message' AS failure, m.state AS "imageState"
    FROM cms.scheduled_images p
    LEFT JOIN cms.operations o
      ON o.id = CASE p.state WHEN 'PROVING' THEN p.drill_operation_id ELSE p.operation_id END
    LEFT JOIN cms.images m ON m.id = p.image_id
    WHERE p.run_id = ${runId} AND p.state IN ('TAKING', 'PROVING') ORDER BY p.instance_name`);
  return rows;
}

/** The next image of a locked run that may be begun; null when there is none at present. */
export async function readNextImage(tx: Transaction, runId: string, now: Date): Promise<NextImage | null> {
  const { rows } = await inside(tx).execute<NextImage>(sql`
    SELECT instance_id AS "instanceId", instance_name AS "instanceName" FROM cms.scheduled_images
    WHERE run_id = ${runId} AND state = 'PENDING' AND (retry_at IS NULL OR retry_at <= ${now.toISOString()}::timestamptz)
    ORDER BY retry_at NULLS FIRST, instance_name, instance_id LIMIT 1`);
  return rows[0] ?? null;
}

/** When an operation of a locked run began or ended last; null while it has begun none. */
export async function readLastMove(tx: Transaction, runId: string): Promise<Date | null> {
  const { rows } = await inside(tx).execute<{ at: string | null }>(sql`
    SELECT floor(extract(epoch FROM max(greatest(o.created_at, o.finished_at))) * 1000)::text AS at
    FROM cms.scheduled_images p JOIN cms.operations o ON o.id IN (p.operation_id, p.drill_operation_id)
    WHERE p.run_id = ${runId}`);
  const at = rows[0]?.at ?? null;
  return at === null ? null : new Date(Number(at));
}

export interface PlannedImageChange {
  readonly state: ScheduledImageState;
  readonly imageId?: string;
  readonly operationId?: string;
  readonly drillOperationId?: string;
  readonly message?: string;
  readonly retryAt?: Date;
}

/** Writes how an image of a locked run stands; what is left out stays. */
export async function changePlannedImage(
  tx: Transaction,
  runId: string,
  instanceId: string,
  change: PlannedImageChange,
): Promise<void> {
  const message = change.message === undefined ? null : storableText(change.message);
  await inside(tx).execute(sql`
    UPDATE cms.scheduled_images SET state = ${change.state},
      image_id = coalesce(${change.imageId ?? null}::uuid, image_id),
      operation_id = coalesce(${change.operationId ?? null}::uuid, operation_id),
      drill_operation_id = coalesce(${change.drillOperationId ?? null}::uuid, drill_operation_id),
      message = coalesce(${message}::text, message),
      retry_at = ${change.retryAt?.toISOString() ?? null}::timestamptz
    WHERE run_id = ${runId} AND instance_id = ${instanceId}`);
}

/** An operation that a run has under way; null while it has begun none. */
export async function readOperationOfRun(tx: Transaction, runId: string): Promise<string | null> {
  const { rows } = await inside(tx).execute<{ id: string | null }>(sql`
    SELECT CASE state WHEN 'PROVING' THEN drill_operation_id ELSE operation_id END AS id
    FROM cms.scheduled_images WHERE run_id = ${runId} AND state IN ('TAKING', 'PROVING') ORDER BY instance_id LIMIT 1`);
  return rows[0]?.id ?? null;
}

const NAMED_FAILURES = 5;

/** How far a locked run is. */
export async function tallyRun(tx: Transaction, runId: string): Promise<RunTally> {
  const { rows } = await inside(tx).execute<RunTally>(sql`
    SELECT (count(*) FILTER (WHERE state = 'PENDING'))::int AS pending,
      (count(*) FILTER (WHERE state IN ('TAKING', 'PROVING')))::int AS "underWay",
      (count(*) FILTER (WHERE state = 'SUCCEEDED'))::int AS succeeded,
      (count(*) FILTER (WHERE state = 'SKIPPED'))::int AS skipped,
      (count(*) FILTER (WHERE state = 'FAILED'))::int AS failed,
      (SELECT count(*)::int FROM cms.scheduled_images p
        JOIN cms.operations o ON o.id = coalesce(p.drill_operation_id, p.operation_id) AND o.state = 'CANCELLED'
        WHERE p.run_id = ${runId} AND p.state = 'FAILED') AS cancelled,
      (SELECT coalesce(jsonb_agg(f), '[]') FROM (
        SELECT instance_name AS name, message FROM cms.scheduled_images
        WHERE run_id = ${runId} AND state = 'FAILED' ORDER BY instance_name LIMIT ${NAMED_FAILURES}) f) AS failures
    FROM cms.scheduled_images WHERE run_id = ${runId}`);
  const [row] = rows;
  if (row === undefined) throw new Error('a count has always a row');
  return row;
}

/** How many images of an instance this schedule has brought to be AVAILABLE, those that are gone by now included. */
export async function countTaken(tx: Transaction, scheduleId: string, instanceId: string): Promise<number> {
  const { rows } = await inside(tx).execute<{ taken: number }>(sql`
    SELECT count(*)::int AS taken FROM cms.images
    WHERE schedule_id = ${scheduleId} AND source_instance_id = ${instanceId} AND verified_at IS NOT NULL`);
  return rows[0]?.taken ?? 0;
}
