import { and, count, eq, gt, inArray, sql } from 'drizzle-orm';
import { operations, workers } from '../../../drizzle/tables/index.ts';
import { ACTIVE_OPERATION_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { WORKER_LIVE_FOR } from './workers.ts';

/** A workflow version that operations wait for and no live worker has. */
export interface StrandedVersion {
  readonly workflow: string;
  readonly version: string;
  readonly operations: number;
}

function live(platform: string) {
  return and(eq(workers.platform, platform), gt(workers.seenAt, sql`now() - ${WORKER_LIVE_FOR}::interval`));
}

/** The workers of the platform that were seen of late, `host:pid` each. */
export async function readLiveWorkers({ orm }: Database, platform: string): Promise<readonly string[]> {
  const rows = await answered(
    orm.select({ host: workers.host, pid: workers.pid }).from(workers).where(live(platform)).orderBy(workers.startedAt),
  );
  return rows.map(({ host, pid }) => `${host}:${pid}`);
}

/** What nobody on this platform can go on with until a worker of that version is there. */
export async function readStrandedVersions({ orm }: Database, platform: string): Promise<readonly StrandedVersion[]> {
  const announced = orm
    .select({ one: sql`1` })
    .from(workers)
    .where(
      and(
        live(platform),
        sql`${workers.workflows} @> jsonb_build_array(jsonb_build_object('name', ${operations.workflow}, 'version', ${operations.workflowVersion}))`,
      ),
    );
  return answered(
    orm
      .select({ workflow: operations.workflow, version: operations.workflowVersion, operations: count() })
      .from(operations)
      .where(
        and(
          eq(operations.platform, platform),
          inArray(operations.state, [...ACTIVE_OPERATION_STATES]),
          sql`not exists ${announced}`,
        ),
      )
      .groupBy(operations.workflow, operations.workflowVersion)
      .orderBy(operations.workflow, operations.workflowVersion),
  );
}
