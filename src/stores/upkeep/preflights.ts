import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { FailureRecord } from '../../../jobs/ports/records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { ImageType } from '../../../schema/states.ts';
import { LIVE_INSTANCE_STATES } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** How the last preflight in a namespace ended. */
export interface LastPreflight {
  readonly namespace: string;
  readonly postgresVersion: string;
  readonly finishedAt: Date;
  /** Null when nothing was broken. */
  readonly failure: FailureRecord | null;
}

/** The last one of each namespace that came to its end, in the order of names; cancelled ones say nothing. One statement. */
export async function readLastPreflights({ orm }: Database, platform: string): Promise<readonly LastPreflight[]> {
  const ended = sql`o.platform = ${platform} AND o.kind = 'PREFLIGHT' AND o.state IN ('SUCCEEDED', 'FAILED') AND o.finished_at IS NOT NULL`;
  // From one namespace to the next in the index, whatever number of preflights there is.
  const { rows } = await answered(
    orm.execute<{ namespace: string; version: string; at: Date | string; failure: FailureRecord | null }>(sql`
      WITH RECURSIVE spaces AS (
        (SELECT o.input->>'namespace' AS name FROM cms.operations o WHERE ${ended} ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT o.input->>'namespace' FROM cms.operations o
          WHERE ${ended} AND o.input->>'namespace' > s.name ORDER BY 1 LIMIT 1)
        FROM spaces s WHERE s.name IS NOT NULL
      )
      SELECT s.name AS namespace, last.version, last.at, last.failure FROM spaces s CROSS JOIN LATERAL (
        SELECT o.input->>'postgresVersion' AS version, o.finished_at AS at, CASE o.state WHEN 'FAILED' THEN o.failure END AS failure
        FROM cms.operations o WHERE ${ended} AND o.input->>'namespace' = s.name
        ORDER BY o.finished_at DESC NULLS LAST, o.id LIMIT 1
      ) last ORDER BY s.name`),
  );
  return rows.map(({ namespace, version, at, failure }) => {
    return { namespace, postgresVersion: version, finishedAt: new Date(at), failure };
  });
}

/** The newest major version that an instance of this type in the namespace runs or could be started with; null when there is none. */
export async function readNewestVersion(
  tx: Transaction,
  platform: string,
  namespace: string,
  imageType: ImageType,
): Promise<string | null> {
  const { rows } = await inside(tx).execute<{ version: string }>(sql`
    SELECT postgres_version AS version FROM cms.instances
    WHERE platform = ${platform} AND namespace = ${namespace} AND image_type = ${imageType} AND state IN (${sql.raw(listed(LIVE_INSTANCE_STATES))})
    ORDER BY postgres_version::integer DESC LIMIT 1`);
  return rows[0]?.version ?? null;
}
