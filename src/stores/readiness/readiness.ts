import { type SQL, sql } from 'drizzle-orm';
import type { ReadinessQueries, ReadinessRecord } from '../../../resolvers/ports/alerts.ts';
import type { ReadinessStatus } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { distinctIds } from '../lists/keyed.ts';
import { isBroken, newestImage, promises } from './promises.ts';
import { lastProof, lastVerdict, newestDrill } from './proofs.ts';

/**
 * The readiness of instances `i` that meet a condition, as rows (id, labels, status, overdue, image_id, data_age, drill_id,
 * verdict_id, drill_failed, recovery_seconds, drill_age). Each costs a few looks into indexes; the promises are worked out once.
 */
export function readinessRows(condition: SQL): SQL {
  return sql`
    WITH promise AS MATERIALIZED (${promises})
    SELECT i.id, i.labels, newest.id AS image_id, late.schedules AS overdue,
      CASE WHEN newest.id IS NULL THEN 'UNPROTECTED' WHEN late.schedules IS NOT NULL THEN 'STALE'
        WHEN verdict.state = 'PASSED' THEN 'READY' ELSE 'UNPROVEN' END AS status,
      extract(epoch FROM clock_timestamp() - newest.taken_at)::float8 AS data_age,
      drill.id AS drill_id, verdict.id AS verdict_id, verdict.state = 'FAILED' AS drill_failed, proof.recovery_seconds,
      extract(epoch FROM clock_timestamp() - proof.started_at)::float8 AS drill_age
    FROM cms.instances i
    LEFT JOIN LATERAL (${newestImage}) newest ON true
    LEFT JOIN LATERAL (${newestDrill}) drill ON true
    LEFT JOIN LATERAL (${lastVerdict}) verdict ON true
    LEFT JOIN LATERAL (${lastProof}) proof ON true
    LEFT JOIN LATERAL (
      SELECT array_agg(p.name || ' (due at ' || to_char(p.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ')'
        ORDER BY p.name) AS schedules
      FROM promise p WHERE ${isBroken}
    ) late ON true
    WHERE ${condition}`;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly status: ReadinessStatus;
  readonly overdue: readonly string[] | null;
  readonly image_id: string | null;
  readonly data_age: number | null;
  readonly drill_id: string | null;
  readonly verdict_id: string | null;
  readonly drill_failed: boolean | null;
  readonly recovery_seconds: number | null;
}

function reasonsOf({ status, overdue, drill_failed: hasFailed }: Row): string[] {
  const late = (overdue ?? []).map((schedule) => `There is no image as young as the schedule ${schedule} promises.`);
  switch (status) {
    case 'READY':
      return [];
    case 'UNPROVEN':
      return [hasFailed ? 'The last drill of its images failed.' : 'No drill of its images has passed.'];
    case 'STALE':
      return late;
    case 'UNPROTECTED':
      return ['There is no image that it could be restored from.', ...late];
  }
}

function toRecord(row: Row): ReadinessRecord {
  return {
    status: row.status,
    reasons: reasonsOf(row),
    newestImageId: row.image_id,
    newestDrillId: row.drill_id,
    lastVerdictId: row.verdict_id,
    dataAgeSeconds: row.data_age === null ? null : Math.max(0, row.data_age),
    recoverySeconds: row.recovery_seconds,
  };
}

/** Reads readiness for the API. */
export function createReadinessQueries({ orm }: Database): ReadinessQueries {
  return {
    async ofInstances(instanceIds) {
      if (instanceIds.length === 0) return [];
      const ids = sql.param(distinctIds(instanceIds));
      const { rows } = await answered(orm.execute<Row>(readinessRows(sql`i.id = ANY(${ids}::uuid[])`)));
      const byId = new Map(rows.map((row) => [row.id, toRecord(row)]));
      return instanceIds.map((id) => byId.get(id) ?? null);
    },
  };
}

/** Whether the readiness of the instance with this id is one of these: looked at for each row that is a candidate otherwise. */
export function isReadiness(id: SQL, statuses: readonly ReadinessStatus[]): SQL {
  return sql`EXISTS (SELECT FROM (${readinessRows(sql`i.id = ${id}`)}) r WHERE r.status = ANY(${sql.param(statuses)}::text[]))`;
}
