import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { DriftKind, DriftState } from '../../../schema/states.ts';
import { OPEN_DRIFT_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { storableText } from '../stored-text.ts';

/** What names one difference on a platform. */
export interface DriftKey {
  readonly kind: DriftKind;
  /** Empty for what lies in the blob store. */
  readonly namespace: string;
  readonly name: string;
}

/** A difference as it was seen. */
export interface SeenDrift extends DriftKey {
  readonly ownerId: string | null;
  readonly state: Extract<DriftState, 'PENDING' | 'REPORTED'>;
  readonly reason: string;
}

/**
 * Records what was seen of these kinds: what is new begins its grace time, what was there before keeps it, and what is
 * not there any more is RESOLVED, but for what is in `unread` namespaces. One statement; again: the same.
 */
export async function recordDrift(
  { orm }: Database,
  platform: string,
  kinds: readonly DriftKind[],
  seen: readonly SeenDrift[],
  unread: readonly string[] = [],
): Promise<void> {
  const found = seen.map((one) => ({ ...one, reason: storableText(one.reason) }));
  await answered(
    orm.execute(sql`
      WITH seen AS (
        SELECT DISTINCT ON (kind, namespace, name) * FROM jsonb_to_recordset(${JSON.stringify(found)}::jsonb)
          AS s("kind" text, "namespace" text, "name" text, "ownerId" text, "state" text, "reason" text)
      ), resolved AS (
        UPDATE cms.drift d SET state = 'RESOLVED' WHERE d.platform = ${platform} AND d.state IN (${sql.raw(listed(OPEN_DRIFT_STATES))})
          AND d.kind = ANY(${sql.param(kinds)}::text[]) AND NOT d.namespace = ANY(${sql.param(unread)}::text[]) AND NOT EXISTS (
            SELECT FROM seen s WHERE s.kind = d.kind AND s.namespace = d.namespace AND s.name = d.name)
      )
      INSERT INTO cms.drift AS d (platform, kind, namespace, name, owner_id, first_seen, last_seen, state, reason)
      SELECT ${platform}, kind, namespace, name, "ownerId", clock_timestamp(), clock_timestamp(), state, reason FROM seen
      ON CONFLICT (platform, kind, namespace, name) DO UPDATE SET
        first_seen = CASE WHEN d.state IN (${sql.raw(listed(OPEN_DRIFT_STATES))}) AND d.owner_id IS NOT DISTINCT FROM excluded.owner_id
          AND d.state = excluded.state THEN d.first_seen ELSE excluded.first_seen END,
        owner_id = excluded.owner_id, last_seen = excluded.last_seen, state = excluded.state, reason = excluded.reason`),
  );
}

interface Row extends Record<string, unknown> {
  readonly kind: DriftKind;
  readonly namespace: string;
  readonly name: string;
  readonly owner_id: string;
  readonly reason: string;
}

/** A difference that we made and may end. */
export interface Leftover extends DriftKey {
  readonly ownerId: string;
  readonly reason: string;
}

/** What is PENDING and has been seen for longer than the grace time, the longest first. `first_seen` is rounded to 1 ms. */
export async function readOverdueDrift(
  { orm }: Database,
  platform: string,
  graceMs: number,
): Promise<readonly Leftover[]> {
  const { rows } = await answered(
    orm.execute<Row>(sql`
      SELECT kind, namespace, name, owner_id, reason FROM cms.drift
      WHERE platform = ${platform} AND state = 'PENDING' AND owner_id IS NOT NULL
        AND first_seen <= clock_timestamp() - (${graceMs} - 1) * interval '1 millisecond'
      ORDER BY first_seen LIMIT 1000`),
  );
  return rows.map(({ owner_id, ...row }) => ({ ...row, ownerId: owner_id }));
}

/** Says what became of a PENDING one. */
export async function settleDrift(
  { orm }: Database,
  platform: string,
  { kind, namespace, name }: DriftKey,
  state: Extract<DriftState, 'PENDING' | 'REMOVED'>,
  reason: string,
): Promise<void> {
  await answered(
    orm.execute(sql`
      UPDATE cms.drift SET state = ${state}, reason = ${storableText(reason)}
      WHERE platform = ${platform} AND kind = ${kind} AND namespace = ${namespace} AND name = ${name}
        AND state = 'PENDING'`),
  );
}

/** What the reason of a difference begins with that the next start of the server ends: nothing is wrong with it. */
export const OUTDATED = 'Made by another release or with other settings: ';

/** How many differences of the platform are open, in each state. Of the reported ones some are only `outdated`. */
export async function countOpenDrift(
  { orm }: Database,
  platform: string,
): Promise<{ readonly pending: number; readonly reported: number; readonly outdated: number }> {
  const { rows } = await answered(
    orm.execute<{ pending: string; reported: string; outdated: string }>(sql`
      SELECT count(*) FILTER (WHERE state = 'PENDING') AS pending,
        count(*) FILTER (WHERE state = 'REPORTED' AND NOT starts_with(reason, ${OUTDATED})) AS reported,
        count(*) FILTER (WHERE state = 'REPORTED' AND starts_with(reason, ${OUTDATED})) AS outdated
      FROM cms.drift WHERE platform = ${platform} AND state IN (${sql.raw(listed(OPEN_DRIFT_STATES))})`),
  );
  const [row] = rows;
  return {
    pending: Number(row?.pending ?? 0),
    reported: Number(row?.reported ?? 0),
    outdated: Number(row?.outdated ?? 0),
  };
}
