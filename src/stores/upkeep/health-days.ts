import { sql } from 'drizzle-orm';
import type { HealthDayRecord, HealthPeriodRecord, HealthTally } from '../../../resolvers/ports/records.ts';
import type { OrmTransaction } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { distinctIds, groupedByIds } from '../lists/keyed.ts';
import { parentRelation } from '../lists/pages-by-parent.ts';

const QUARTER_SECONDS = 900;

interface TallyRow extends Record<string, unknown> {
  readonly instance_id: string;
  /** Quarters of an hour since 1970; null for the whole day. */
  readonly quarter: number | null;
  readonly checks: number;
  readonly healthy: number;
  readonly latency_ms: number | null;
  readonly slowest_ms: number | null;
  readonly message: string | null;
}

const NONE: HealthTally = { checks: 0, healthy: 0, latencyMs: null, slowestMs: null };

function toTally({ checks, healthy, latency_ms: latencyMs, slowest_ms: slowestMs }: TallyRow): HealthTally {
  return { checks, healthy, latencyMs, slowestMs };
}

function toPeriod(row: TallyRow, quarter: number): HealthPeriodRecord {
  return { ...toTally(row), from: new Date(quarter * QUARTER_SECONDS * 1000), message: row.message };
}

function toDay(rows: readonly TallyRow[]): HealthDayRecord {
  const whole = rows.find(({ quarter }) => quarter === null);
  return {
    ...(whole === undefined ? NONE : toTally(whole)),
    periods: rows.flatMap((row) => (row.quarter === null ? [] : [toPeriod(row, row.quarter)])),
  };
}

/** The last 24 hours of each instance, in the order of the ids: one statement, which reads some 3,000 checks of each. */
export async function readHealthDays(
  executor: Pick<OrmTransaction, 'execute'>,
  instanceIds: readonly string[],
): Promise<readonly HealthDayRecord[]> {
  if (instanceIds.length === 0) return [];
  const { rows } = await answered(
    executor.execute<TallyRow>(sql`
      SELECT parent.id AS instance_id, t.* FROM ${parentRelation(distinctIds(instanceIds))} CROSS JOIN LATERAL (
        SELECT c.quarter, count(*)::int AS checks, (count(*) FILTER (WHERE c.status = 'HEALTHY'))::int AS healthy,
          percentile_cont(0.5) WITHIN GROUP (ORDER BY c.latency_ms) AS latency_ms, max(c.latency_ms) AS slowest_ms,
          (array_agg(c.message ORDER BY c.at DESC) FILTER (WHERE c.message IS NOT NULL))[1] AS message
        FROM (SELECT floor(extract(epoch FROM h.at) / ${QUARTER_SECONDS})::int AS quarter, h.*
              FROM cms.health_checks h WHERE h.instance_id = parent.id AND h.at > now() - interval '24 hours') c
        GROUP BY GROUPING SETS ((), (c.quarter))
      ) t ORDER BY t.quarter`),
  );
  return groupedByIds(
    instanceIds,
    rows,
    (row) => row.instance_id,
    (row) => row,
  ).map(toDay);
}
