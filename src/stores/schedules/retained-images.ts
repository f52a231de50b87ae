import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { RetainedImage, RetentionPolicy } from '../../../schema/rules/retention.ts';
import type { RetentionForm } from '../../../schema/rules/schedule-rules.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import { type Database, inside } from '../../db/database.ts';
import { belongingWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { provenImage, refutedImage } from '../readiness/proofs.ts';

/** The AVAILABLE images of one instance, and the retentions of the schedules that took them. */
export interface RetainedInstance {
  readonly instanceId: string;
  readonly isInstanceGone: boolean;
  readonly images: readonly (RetainedImage & { readonly name: string; readonly sizeBytes: number })[];
  readonly policies: ReadonlyMap<string, RetentionPolicy>;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly instance_id: string;
  readonly is_gone: boolean;
  readonly taken_at: string;
  readonly expires_at: string | null;
  readonly protected: boolean;
  readonly proven: boolean;
  readonly refuted: boolean;
  readonly schedule_id: string | null;
  readonly size_bytes: string | null;
  readonly used_by: string | null;
  readonly retention: RetentionForm | null;
  readonly time_zone: string | null;
}

function imagesOf(instanceIds: SQL, within: SQL | undefined = undefined): SQL {
  return sql`
    SELECT m.id, m.name, m.source_instance_id AS instance_id, coalesce(i.state = 'DELETED', true) AS is_gone,
      extract(epoch FROM coalesce(m.taken_at, m.created_at)) * 1000 AS taken_at,
      extract(epoch FROM m.expires_at) * 1000 AS expires_at, m.protected, ${provenImage(sql`m.id`)} AS proven,
      ${refutedImage(sql`m.id`)} AS refuted,
      m.schedule_id, m.size_bytes, s.retention, s.time_zone,
      (SELECT 'Operation ' || o.id || ' (' || o.kind || ') is using it.' FROM cms.operations o
        WHERE o.image_id = m.id AND o.state IN ('QUEUED', 'RUNNING', 'CANCELLING') LIMIT 1) AS used_by
    FROM cms.images m
    LEFT JOIN cms.instances i ON i.id = m.source_instance_id
    LEFT JOIN cms.schedules s ON s.id = m.schedule_id
    WHERE m.state = 'AVAILABLE' AND m.source_instance_id = ANY (ARRAY(${instanceIds})) ${within === undefined ? sql`` : sql`AND ${within}`}
    ORDER BY m.source_instance_id, taken_at DESC, m.id`;
}

function toInstances(rows: readonly Row[]): RetainedInstance[] {
  return [...Map.groupBy(rows, (row) => row.instance_id)].map(([instanceId, of]) => {
    const policies = new Map<string, RetentionPolicy>();
    for (const { schedule_id: id, retention, time_zone: timeZone } of of) {
      if (id !== null && retention !== null && timeZone !== null && !policies.has(id))
        policies.set(id, { retention, timeZone });
    }
    const images = of.map((row) => ({
      id: row.id,
      name: row.name,
      takenAt: new Date(Number(row.taken_at)),
      expiresAt: row.expires_at === null ? null : new Date(Number(row.expires_at)),
      protected: row.protected,
      proven: row.proven,
      refuted: row.refuted,
      scheduleId: row.schedule_id,
      usedBy: row.used_by,
      sizeBytes: Number(row.size_bytes ?? 0),
    }));
    return { instanceId, isInstanceGone: of[0]?.is_gone === true, images, policies };
  });
}

/** All AVAILABLE images of one instance, as they stand in this transaction, the instance's row locked. */
export async function lockRetained(tx: Transaction, instanceId: string): Promise<RetainedInstance | null> {
  // Whoever takes an image of it locks the same row.
  await inside(tx).execute(sql`SELECT FROM cms.instances WHERE id = ${instanceId} FOR UPDATE`);
  const { rows } = await inside(tx).execute<Row>(imagesOf(sql`SELECT ${instanceId}::uuid`));
  return toInstances(rows)[0] ?? null;
}

/** The same of what a caller of a scope may see, of one instance or of all of which a schedule took images. */
export async function readRetained(
  { orm }: Database,
  of: { readonly instanceId: string | null; readonly scheduleId: string | null },
  scope: Scope = EVERYTHING,
): Promise<readonly RetainedInstance[]> {
  const ids =
    of.instanceId === null
      ? sql`SELECT source_instance_id FROM cms.images WHERE schedule_id = ${of.scheduleId}::uuid AND state = 'AVAILABLE'`
      : sql`SELECT ${of.instanceId}::uuid`;
  const within = belongingWithin(scope, { instanceId: sql`m.source_instance_id`, imageId: sql`m.id` });
  const { rows } = await answered(orm.execute<Row>(imagesOf(ids, within)));
  return toInstances(rows);
}

/**
 * The next instances of the platform, in the order of their ids, that have images which retention may have a say about;
 * with `onlyExpired` those with an image whose time is over.
 */
export async function readRetainedBatch(
  { orm }: Database,
  platform: string,
  {
    after,
    onlyExpired,
    limit,
  }: { readonly after: string | null; readonly onlyExpired: boolean; readonly limit: number },
): Promise<readonly RetainedInstance[]> {
  const next = (mayGo: SQL) => sql`
    SELECT DISTINCT source_instance_id FROM cms.images
    WHERE platform = ${platform} AND state = 'AVAILABLE' AND NOT protected AND ${mayGo}
      ${after === null ? sql`` : sql`AND source_instance_id > ${after}::uuid`}
    ORDER BY source_instance_id LIMIT ${limit}`;
  const expired = next(sql`expires_at <= now()`);
  // Each half has an index of its own.
  const ids = onlyExpired
    ? expired
    : sql`SELECT source_instance_id FROM ((${expired}) UNION (${next(sql`schedule_id IS NOT NULL`)})) n
        ORDER BY source_instance_id LIMIT ${limit}`;
  const { rows } = await answered(orm.execute<Row>(imagesOf(ids)));
  return toInstances(rows);
}
