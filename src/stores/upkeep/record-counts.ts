import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import { OPEN_DRIFT_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import type { RecordCounts } from '../../metrics/record-counts.ts';
import { answered } from '../answered.ts';
import { readinessRows } from '../readiness/readiness.ts';
import { WORKER_LIVE_FOR } from '../runs/workers.ts';

export interface CountOptions {
  readonly platformId: string;
  readonly queueSchema: string;
  /** What the names of the platform's queues of runs are LIKE. */
  readonly queuePattern: string;
  /** Whether running instances are listed one by one. */
  readonly perInstance: boolean;
}

/** Counts the records of one platform, as of one moment, in one statement. Throws UNAVAILABLE. */
export async function readRecordCounts({ orm }: Database, options: CountOptions): Promise<RecordCounts> {
  const { platformId, queueSchema, queuePattern, perInstance } = options;
  const list = (query: ReturnType<typeof sql>) => sql`(SELECT coalesce(jsonb_agg(r), '[]') FROM (${query}) r)`;
  const mine = sql`platform = ${platformId}`;
  const servers = sql`SELECT name, namespace, health FROM cms.instances WHERE ${mine} AND state = 'RUNNING' ORDER BY name`;
  const ready = readinessRows(sql`i.platform = ${platformId} AND i.state NOT IN ('DELETED', 'FAILED')`);
  const ages = sql`SELECT i.name, i.namespace, r.data_age AS seconds FROM (${ready}) r JOIN cms.instances i USING (id)
    WHERE r.data_age IS NOT NULL ORDER BY i.name`;
  const proofs = sql`SELECT i.name, i.namespace, r.drill_age AS seconds, r.recovery_seconds AS "recoverySeconds"
    FROM (${ready}) r JOIN cms.instances i USING (id) WHERE r.drill_age IS NOT NULL ORDER BY i.name`;
  const { rows } = await answered(
    orm.execute<{ counts: RecordCounts }>(sql`
      SELECT jsonb_build_object(
        'operations', ${list(sql`SELECT kind, state, count(*) FROM cms.operations WHERE ${mine} GROUP BY 1, 2`)},
        'instances', ${list(sql`SELECT state, health, count(*) FROM cms.instances WHERE ${mine} GROUP BY 1, 2`)},
        'images', ${list(sql`SELECT state, count(*), coalesce(sum(size_bytes), 0) AS "sizeBytes" FROM cms.images WHERE ${mine} GROUP BY 1`)},
        'jobs', ${list(sql`SELECT kind, state, count(*) FROM cms.jobs WHERE ${mine} GROUP BY 1, 2`)},
        'drift', ${list(sql`SELECT kind, state, count(*) FROM cms.drift WHERE ${mine} AND state IN (${sql.raw(listed(OPEN_DRIFT_STATES))}) GROUP BY 1, 2`)},
        'alerts', ${list(sql`SELECT kind, count(*) FROM cms.alerts WHERE ${mine} AND resolved_at IS NULL GROUP BY 1`)},
        'readiness', ${list(sql`SELECT status, count(*), max(data_age) AS "oldestSeconds",
          max(drill_age) AS "oldestDrillSeconds", max(recovery_seconds) AS "longestRecoverySeconds" FROM (${ready}) r GROUP BY 1`)},
        'drills', ${list(sql`SELECT state, count(*) FROM cms.drills WHERE ${mine} GROUP BY 1`)},
        'proofs', ${perInstance ? list(proofs) : sql`NULL::jsonb`},
        'imageAges', ${perInstance ? list(ages) : sql`NULL::jsonb`},
        'queue', (
          SELECT jsonb_build_object('depth', count(*),
            'oldestSeconds', coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(start_after))), 0))
          FROM ${sql.identifier(queueSchema)}.job
          WHERE name LIKE ${queuePattern} AND state IN ('created', 'retry') AND start_after <= clock_timestamp()),
        'liveWorkers', (
          SELECT count(*) FROM cms.workers WHERE ${mine} AND seen_at > now() - ${WORKER_LIVE_FOR}::interval),
        'servers', ${perInstance ? list(servers) : sql`NULL::jsonb`}
      ) AS counts`),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always has one row had none');
  return row.counts;
}
