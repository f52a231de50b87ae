import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import { ACTIVE_OPERATION_STATES, RUNNING_WISHES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** An instance that is STOPPED by its record, and left in peace. */
export interface StoppedInstance {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly resourceName: string;
  /** What was asked last was that it run, and that has failed. */
  readonly isWanted: boolean;
}

/** Of an instance `i`: the last time that it was asked to run or to stop, it was to run, and that has failed. */
export const isWantedAndFailed = sql`COALESCE((
  SELECT o.kind <> 'STOP_INSTANCE' AND o.state = 'FAILED' FROM cms.operations o
  WHERE o.instance_id = i.id AND o.kind IN (${sql.raw(listed(RUNNING_WISHES))})
  ORDER BY o.created_at DESC NULLS LAST LIMIT 1), false)`;

/** All of the platform, no operation under way. One statement. */
export async function readStopped({ orm }: Database, platform: string): Promise<readonly StoppedInstance[]> {
  const { rows } = await answered(
    orm.execute<StoppedInstance & Record<string, unknown>>(sql`
      SELECT i.id, i.name, i.namespace, i.resource_name AS "resourceName", ${isWantedAndFailed} AS "isWanted"
      FROM cms.instances i WHERE i.platform = ${platform} AND i.state = 'STOPPED' AND NOT EXISTS (
        SELECT FROM cms.operations o WHERE o.instance_id = i.id AND o.excludes_on_instance
          AND o.state IN (${sql.raw(listed(ACTIVE_OPERATION_STATES))}))
      ORDER BY i.id`),
  );
  return rows;
}

/** Whether the records know the operation as one of this instance: what they do not know, a newer database asked for. */
export async function isOperationOf({ orm }: Database, operationId: string, instanceId: string): Promise<boolean> {
  const { rows } = await answered(
    orm.execute(sql`SELECT FROM cms.operations WHERE id::text = ${operationId} AND instance_id = ${instanceId}::uuid`),
  );
  return rows.length > 0;
}
