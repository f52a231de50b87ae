import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import { OPEN_DRIFT_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import type { RecordCounts } from '../../metrics/record-counts.ts';
import { answered } from '../answered.ts';
import { newestImage } from '../readiness/promises.ts';
import { lastProof } from '../readiness/proofs.ts';
import { WORKER_LIVE_FOR } from '../runs/workers.ts';

export interface CountOptions {
  readonly platformId: string;
  readonly queueSchema: string;
  /** What the names of the platform's queues of runs are LIKE. */
  readonly queuePattern: string;
  /** Whether running instances are listed one by one. */
  readonly perInstance: boolean;
}

/**
 * How many records of one platform there are, as of one moment, in one statement: of what triggers have counted, so that it
 * costs the same with any number of them. How well instances could be brought back is as of the last look at all of them
 * (`createReadinessWatch`). Throws UNAVAILABLE.
 */
export async function readRecordCounts({ orm }: Database, options: CountOptions): Promise<RecordCounts> {
  const { platformId, queueSchema, queuePattern, perInstance } = options;
  const list = (query: ReturnType<typeof sql>) => sql`(SELECT coalesce(jsonb_agg(r), '[]') FROM (${query}) r)`;
  const mine = sql`platform = ${platformId}`;
  const servers = sql`SELECT name, namespace, health FROM cms.instances WHERE ${mine} AND state = 'RUNNING' ORDER BY name`;
  const secondsSince = (moment: string) => sql`extract(epoch FROM clock_timestamp() - ${sql.raw(moment)})::float8`;
  const live = sql`i.platform = ${platformId} AND i.state NOT IN ('DELETED', 'FAILED')`;
  const ages = sql`SELECT i.name, i.namespace, ${secondsSince('newest.taken_at')} AS seconds
    FROM cms.instances i CROSS JOIN LATERAL (${newestImage}) newest WHERE ${live} ORDER BY i.name`;
  const proofs = sql`SELECT i.name, i.namespace, ${secondsSince('proof.started_at')} AS seconds, proof.recovery_seconds AS "recoverySeconds"
    FROM cms.instances i CROSS JOIN LATERAL (${lastProof}) proof WHERE ${live} ORDER BY i.name`;
  const counted = (noun: string, what: string) =>
    sql`SELECT ${sql.raw(what)} FROM tally WHERE noun = ${noun} GROUP BY kind, state HAVING sum(count) > 0`;
  const { rows } = await answered(
    orm.execute<{ counts: RecordCounts }>(sql`
      WITH tally AS MATERIALIZED (SELECT noun, kind, state, count, bytes FROM cms.tallies WHERE ${mine})
      SELECT jsonb_build_object(
        'operations', ${list(counted('operation', 'kind, state, sum(count) AS count'))},
        'instances', ${list(counted('instance', 'state, kind AS health, sum(count) AS count'))},
        'images', ${list(counted('image', 'state, sum(count) AS count, sum(bytes) AS "sizeBytes"'))},
        'jobs', ${list(counted('job', 'kind, state, sum(count) AS count'))},
        'drift', ${list(sql`SELECT kind, state, count(*) FROM cms.drift WHERE ${mine} AND state IN (${sql.raw(listed(OPEN_DRIFT_STATES))}) GROUP BY 1, 2`)},
        'alerts', ${list(sql`SELECT kind, count(*) FROM cms.alerts WHERE ${mine} AND resolved_at IS NULL GROUP BY 1`)},
        'readiness', ${list(sql`SELECT status, count, ${secondsSince('oldest_taken_at')} AS "oldestSeconds",
          ${secondsSince('oldest_drill_at')} AS "oldestDrillSeconds", longest_recovery_seconds AS "longestRecoverySeconds"
          FROM cms.readiness_summaries WHERE ${mine} AND count > 0`)},
        'readinessAgeSeconds', (SELECT max(${secondsSince('looked_at')}) FROM cms.readiness_summaries WHERE ${mine}),
        'drills', ${list(counted('drill', 'state, sum(count) AS count'))},
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
