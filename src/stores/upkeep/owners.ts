import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { ImageState, InstanceState, OperationState } from '../../../schema/states.ts';
import { ACTIVE_OPERATION_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** An instance, or a drill, as an owner of servers, volumes, secrets and configurations. */
export interface ServerOwner {
  readonly noun: 'instance' | 'drill';
  readonly id: string;
  readonly platform: string;
  readonly namespace: string;
  readonly resourceName: string;
  readonly name: string;
  /** A drill is CREATING until it is over, and DELETED then: nothing of it is to be left. */
  readonly state: InstanceState;
  /** An operation on it is under way. */
  readonly isBusy: boolean;
  /** It was changed after the moment that was asked with. */
  readonly isFresh: boolean;
}

/** An image as the owner of a prefix in the blob store. */
export interface ImageOwner {
  readonly id: string;
  readonly platform: string;
  readonly name: string;
  readonly state: ImageState;
  readonly isBusy: boolean;
  readonly isFresh: boolean;
}

/** A job as the owner of what the platform runs for it. */
export interface JobOwner {
  readonly id: string;
  readonly platform: string;
  readonly operationId: string;
  readonly operationState: OperationState;
}

/** What is asked of the records: those with these ids, and all of this platform that should be there. */
export interface OwnersQuery {
  readonly platform: string;
  readonly ids: readonly string[];
  /** A moment of the database's clock, from before the platform was listed. */
  readonly since: string;
}

const underWay = sql`o.state IN (${sql.raw(listed(ACTIVE_OPERATION_STATES))})`;

/** The present moment of the database's clock. */
export async function readMoment({ orm }: Database): Promise<string> {
  const { rows } = await answered(orm.execute<{ now: string }>(sql`SELECT clock_timestamp()::text AS now`));
  return rows[0]?.now ?? 'infinity';
}

type ServerRow = Record<string, unknown> & {
  readonly [Field in keyof ServerOwner as Field extends 'resourceName' ? 'resource_name' : Field]: ServerOwner[Field];
};

export async function readServerOwners(
  { orm }: Database,
  { platform, ids, since }: OwnersQuery,
): Promise<readonly ServerOwner[]> {
  const { rows } = await answered(
    orm.execute<ServerRow>(sql`
      SELECT 'instance' AS noun, i.id, i.platform, i.namespace, i.resource_name, i.name, i.state,
        i.updated_at >= ${since}::timestamptz AS "isFresh",
        EXISTS (SELECT FROM cms.operations o WHERE o.instance_id = i.id AND ${underWay}) AS "isBusy"
      FROM cms.instances i
      WHERE i.id = ANY(${sql.param(ids)}::uuid[])
        OR (i.platform = ${platform} AND i.state IN ('RUNNING', 'STOPPED'))
      UNION ALL
      SELECT 'drill', d.id, d.platform, d.namespace, d.resource_name, d.resource_name,
        CASE WHEN ${underWay} THEN 'CREATING' ELSE 'DELETED' END, false, ${underWay}
      FROM cms.drills d JOIN cms.operations o ON o.id = d.operation_id WHERE d.id = ANY(${sql.param(ids)}::uuid[])`),
  );
  return rows.map(({ resource_name, ...row }) => ({ ...row, resourceName: resource_name }));
}

export async function readImageOwners(
  { orm }: Database,
  { platform, ids, since }: OwnersQuery,
): Promise<readonly ImageOwner[]> {
  const { rows } = await answered(
    orm.execute<ImageOwner & Record<string, unknown>>(sql`
      SELECT m.id, m.platform, m.name, m.state, m.updated_at >= ${since}::timestamptz AS "isFresh",
        EXISTS (SELECT FROM cms.operations o WHERE o.image_id = m.id AND ${underWay}) AS "isBusy"
      FROM cms.images m
      WHERE m.id = ANY(${sql.param(ids)}::uuid[]) OR (m.platform = ${platform} AND m.state = 'AVAILABLE')`),
  );
  return rows;
}

export async function readJobOwners({ orm }: Database, ids: readonly string[]): Promise<readonly JobOwner[]> {
  const { rows } = await answered(
    orm.execute<JobOwner & Record<string, unknown>>(sql`
      SELECT j.id, j.platform, j.operation_id AS "operationId", o.state AS "operationState"
      FROM cms.jobs j JOIN cms.operations o ON o.id = j.operation_id WHERE j.id = ANY(${sql.param(ids)}::uuid[])`),
  );
  return rows;
}
