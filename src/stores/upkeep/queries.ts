import { and, desc, inArray, sql } from 'drizzle-orm';
import { drift } from '../../../drizzle/tables/index.ts';
import type { HealthCheckRecord } from '../../../resolvers/ports/records.ts';
import type { UpkeepQueries } from '../../../resolvers/ports/upkeep.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { HealthStatus } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { ownedWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, groupedByIds } from '../lists/keyed.ts';
import { parentRelation } from '../lists/pages-by-parent.ts';
import { readHealthDays } from './health-days.ts';

interface CheckRow extends Record<string, unknown> {
  readonly instance_id: string;
  readonly at: string;
  readonly status: HealthStatus;
  readonly latency_ms: number | null;
  readonly message: string | null;
}

function toHealthCheck(row: CheckRow): HealthCheckRecord {
  return { at: new Date(row.at), status: row.status, latencyMs: row.latency_ms, message: row.message };
}

/** Reads for the API what the upkeep of the platforms has found: of instances that were found, and drift within the scope. */
export function createUpkeepQueries({ orm }: Database, scope: Scope = EVERYTHING): UpkeepQueries {
  return {
    async healthChecks(instanceIds, first) {
      if (instanceIds.length === 0) return [];
      const { rows } = await answered(
        orm.execute<CheckRow>(sql`
          SELECT c.* FROM ${parentRelation(distinctIds(instanceIds))} CROSS JOIN LATERAL (
            SELECT * FROM cms.health_checks WHERE instance_id = parent.id ORDER BY at DESC LIMIT ${first}
          ) c ORDER BY c.at DESC`),
      );
      return groupedByIds(instanceIds, rows, (row) => row.instance_id, toHealthCheck);
    },

    healthDays: (instanceIds) => readHealthDays(orm, instanceIds),

    drift: ({ first, state }) =>
      answered(
        orm
          .select()
          .from(drift)
          .where(
            and(
              state?.length ? inArray(drift.state, [...state]) : undefined,
              ownedWithin(scope, sql`${drift.ownerId}`),
            ),
          )
          .orderBy(desc(drift.lastSeen), drift.platform, drift.kind, drift.namespace, drift.name)
          .limit(first),
      ),
  };
}
