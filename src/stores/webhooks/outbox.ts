import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { WebhookEvent } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { storableText } from '../stored-text.ts';

/** A message that is to be sent now, and to whom. */
export interface DueDelivery extends Record<string, unknown> {
  readonly id: string;
  readonly webhookId: string;
  readonly event: WebhookEvent;
  readonly subjectId: string | null;
  readonly body: string | null;
  readonly attempts: number;
  readonly createdAt: string;
  /** Since when it is tried: when it happened, or when its webhook was changed last, which may have mended it. */
  readonly since: string;
  readonly url: string;
  readonly encryptedSecret: string;
  /** Null once its time is over. */
  readonly encryptedOldSecret: string | null;
}

/** Nobody else takes a message for so long; whoever sends it has answered by then, or is dead. */
const TAKEN_FOR = '60 seconds';

export interface TakeOptions {
  readonly limit: number;
  readonly perWebhook: number;
  /** Webhooks that have messages under way from here already. */
  readonly busy: readonly string[];
  /** This message alone, due or not; null: what is due. */
  readonly only: string | null;
}

/**
 * Takes messages that are due, at most so many and so many of one webhook, for this process alone. One whose process dies
 * is due again: it is delivered at least once.
 */
export async function takeDue(
  { orm }: Database,
  { limit, perWebhook, busy, only }: TakeOptions,
): Promise<readonly DueDelivery[]> {
  const which =
    only === null
      ? sql`d.next_attempt_at <= clock_timestamp() AND w.enabled
          AND d.webhook_id <> ALL(${sql.param(busy)}::uuid[])`
      : sql`d.id = ${only}::uuid`;
  const { rows } = await answered(
    orm.execute<DueDelivery>(sql`
      WITH due AS (
        SELECT d.id FROM cms.webhook_deliveries d JOIN cms.webhooks w ON w.id = d.webhook_id
        WHERE ${which} AND d.next_attempt_at IS NOT NULL
          AND (SELECT count(*) FROM (SELECT FROM cms.webhook_deliveries o WHERE o.webhook_id = d.webhook_id
            AND o.next_attempt_at IS NOT NULL AND (o.next_attempt_at, o.id) < (d.next_attempt_at, d.id)
            LIMIT ${perWebhook}) earlier) < ${perWebhook}
        ORDER BY d.next_attempt_at, d.id LIMIT ${limit} FOR UPDATE OF d SKIP LOCKED
      ), taken AS (
        UPDATE cms.webhook_deliveries d SET next_attempt_at = clock_timestamp() + interval '${sql.raw(TAKEN_FOR)}'
        FROM due WHERE d.id = due.id RETURNING d.*
      )
      SELECT d.id, d.webhook_id AS "webhookId", d.event, d.subject_id AS "subjectId", d.body, d.attempts,
        d.created_at AS "createdAt", greatest(d.created_at, w.updated_at) AS since, w.url, w.encrypted_secret AS "encryptedSecret",
        CASE WHEN w.old_secret_until > clock_timestamp() THEN w.encrypted_old_secret END AS "encryptedOldSecret"
      FROM taken d JOIN cms.webhooks w ON w.id = d.webhook_id`),
  );
  return rows;
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly statusCode: number | null;
  /** Null: the receiver took the message. */
  readonly error: string | null;
  /** When to try again; null: not any more. */
  readonly nextAttemptAt: Date | null;
}

/** Keeps what is sent, before it is sent for the first time. */
export async function keepBody({ orm }: Database, id: string, body: string): Promise<void> {
  await answered(orm.execute(sql`UPDATE cms.webhook_deliveries SET body = ${body} WHERE id = ${id} AND body IS NULL`));
}

/**
 * Records an attempt. One that is given up disables its webhook, with the reason. That somebody failed who was away for so long
 * that another has tried since says nothing any more; that the receiver took it always counts.
 */
export async function recordAttempt(database: Database, delivery: DueDelivery, end: AttemptEnd): Promise<void> {
  const error = end.error === null ? null : storableText(end.error);
  await database.transaction(async (tx) => {
    const { rowCount } = await inside(tx).execute(sql`
      UPDATE cms.webhook_deliveries SET attempts = attempts + 1, status_code = ${end.statusCode}, error = ${error},
        next_attempt_at = ${end.nextAttemptAt?.toISOString() ?? null}::timestamptz,
        delivered_at = CASE WHEN ${error === null} THEN clock_timestamp() END
      WHERE id = ${delivery.id} AND (${error === null} OR attempts = ${delivery.attempts})`);
    if (rowCount === 0) return;
    if (error !== null && end.nextAttemptAt === null && delivery.subjectId !== null) {
      await inside(tx).execute(sql`
        UPDATE cms.webhooks SET enabled = false, failure = ${error} WHERE id = ${delivery.webhookId} AND enabled`);
    }
  });
}

/** Writes a trial message; nobody sends it but who asked for it. */
export async function insertTrial(
  tx: Transaction,
  { id, webhookId, event }: { readonly id: string; readonly webhookId: string; readonly event: WebhookEvent },
): Promise<void> {
  await inside(tx).execute(sql`
    INSERT INTO cms.webhook_deliveries (id, webhook_id, event, next_attempt_at)
    VALUES (${id}, ${webhookId}, ${event}, clock_timestamp() + interval '${sql.raw(TAKEN_FOR)}')`);
}

/** When the next message is due, those of disabled webhooks left out. */
export async function readNextDelivery({ orm }: Database): Promise<Date | null> {
  const { rows } = await answered(
    orm.execute<{ at: string | null }>(sql`
      SELECT min(d.next_attempt_at)::text AS at FROM cms.webhook_deliveries d JOIN cms.webhooks w ON w.id = d.webhook_id
      WHERE w.enabled AND d.next_attempt_at IS NOT NULL`),
  );
  const at = rows[0]?.at ?? null;
  return at === null ? null : new Date(at);
}

/** What messages are about. */
export type SubjectNoun = 'operation' | 'alert' | 'drill';

const ABOUT: Readonly<Record<SubjectNoun, SQL>> = {
  operation: sql`'kind', r.kind, 'state', r.state, 'actor', jsonb_build_object('kind', r.actor_kind, 'id', r.actor_id, 'name', r.requested_by),
    'failure', r.failure, 'createdAt', r.created_at, 'startedAt', r.started_at, 'finishedAt', r.finished_at`,
  alert: sql`'kind', r.kind, 'severity', r.severity, 'message', r.message, 'remedy', r.remedy, 'openedAt', r.opened_at,
    'resolvedAt', r.resolved_at, 'operationId', r.operation_id`,
  drill: sql`'kind', 'DRILL', 'state', r.state, 'operationId', r.operation_id, 'startedAt', r.started_at,
    'finishedAt', r.finished_at, 'recoverySeconds', r.recovery_seconds, 'databasesCompared', r.databases_compared,
    'tablesCompared', r.tables_compared, 'rowsCompared', r.rows_compared, 'findings', r.findings, 'failure', r.failure`,
};

/** What a message tells of what it is about, as it stands now; null when that is not on record any more. */
export async function readSubject(
  { orm }: Database,
  noun: SubjectNoun,
  id: string,
): Promise<Record<string, unknown> | null> {
  const named = (table: string, column: string) =>
    sql`(SELECT jsonb_build_object('id', n.id, 'name', n.name) FROM cms.${sql.identifier(table)} n WHERE n.id = r.${sql.identifier(column)})`;
  const schedule = noun === 'alert' ? sql`, 'schedule', ${named('schedules', 'schedule_id')}` : sql``;
  const { rows } = await answered(
    orm.execute<{ data: Record<string, unknown> }>(sql`
      SELECT jsonb_build_object('id', r.id,
        'instance', ${named('instances', noun === 'drill' ? 'source_instance_id' : 'instance_id')},
        'image', ${named('images', 'image_id')}, ${ABOUT[noun]}${schedule}) AS data
      FROM cms.${sql.identifier(`${noun}s`)} r WHERE r.id = ${id}`),
  );
  return rows[0]?.data ?? null;
}
