import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { ACTIVE_OPERATION_STATES, type InstanceState } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** Of these platforms those that instances or images are recorded on. */
export async function readKnownPlatforms({ orm }: Database, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await answered(
    orm.execute<{ id: string }>(sql`
      SELECT id FROM unnest(${sql.param(ids)}::text[]) AS k(id)
      WHERE EXISTS (SELECT FROM cms.instances i WHERE i.platform = k.id)
        OR EXISTS (SELECT FROM cms.images m WHERE m.platform = k.id)`),
  );
  return rows.map(({ id }) => id);
}

/** How much is recorded on a platform. */
export interface PlatformShare {
  readonly platform: string;
  readonly instances: number;
  readonly images: number;
}

/** All platforms that instances or images are recorded on. */
export async function listPlatforms({ orm }: Database): Promise<readonly PlatformShare[]> {
  const { rows } = await answered(
    orm.execute<PlatformShare & Record<string, unknown>>(sql`
      SELECT platform, sum(instance)::integer AS instances, sum(image)::integer AS images FROM (
        SELECT platform, 1 AS instance, 0 AS image FROM cms.instances WHERE state <> 'DELETED'
        UNION ALL SELECT platform, 0, 1 FROM cms.images WHERE state <> 'DELETED') AS all_of_them
      GROUP BY platform ORDER BY platform`),
  );
  return rows;
}

/** An instance as adoption looks at it. */
export interface AdoptableInstance {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly resourceName: string;
  readonly state: InstanceState;
}

/** Where something is read: from the records as they are, or within a transaction. */
type Readable = Pick<Database, 'orm'> | Transaction;
const ormOf = (from: Readable) => ('orm' in from ? from.orm : inside(from));

/** The instances of a platform, those that are over left out. */
export async function readInstancesOf(from: Readable, platform: string): Promise<readonly AdoptableInstance[]> {
  const { rows } = await answered(
    ormOf(from).execute<AdoptableInstance & Record<string, unknown>>(sql`
      SELECT id, name, namespace, resource_name AS "resourceName", state FROM cms.instances
      WHERE platform = ${platform} AND state NOT IN ('DELETED', 'FAILED') ORDER BY name`),
  );
  return rows;
}

/** The operations of a platform that are under way. */
export async function countUnderWay(from: Readable, platform: string): Promise<number> {
  const { rows } = await answered(
    ormOf(from).execute<{ count: number }>(sql`
      SELECT count(*)::integer AS count FROM cms.operations
      WHERE platform = ${platform} AND state IN (${sql.raw(listed(ACTIVE_OPERATION_STATES))})`),
  );
  return rows[0]?.count ?? 0;
}

/** Lets no operation be accepted, taken or ended, and no instance made, until the transaction is over. */
export async function holdPlatforms(tx: Transaction): Promise<void> {
  await inside(tx).execute(sql`LOCK TABLE cms.instances, cms.operations IN EXCLUSIVE MODE`);
}

/**
 * Records all of a platform on another one, but for the instances that stay, with what is theirs. What was noted of it while
 * it was looked after (differences, open alerts) is forgotten: it is found anew.
 */
export async function movePlatform(
  tx: Transaction,
  { from, to, staying }: { readonly from: string; readonly to: string; readonly staying: readonly string[] },
): Promise<void> {
  const stays = sql`${sql.param(staying)}::uuid[]`;
  const run = (statement: ReturnType<typeof sql>) => inside(tx).execute(statement);
  await run(sql`UPDATE cms.instances SET platform = ${to} WHERE platform = ${from} AND NOT id = ANY(${stays})`);
  await run(sql`UPDATE cms.images SET platform = ${to} WHERE platform = ${from}`);
  await run(sql`UPDATE cms.jobs j SET platform = ${to} FROM cms.operations o
    WHERE j.operation_id = o.id AND j.platform = ${from} AND NOT coalesce(o.instance_id = ANY(${stays}), false)`);
  await run(sql`UPDATE cms.operations SET platform = ${to}
    WHERE platform = ${from} AND NOT coalesce(instance_id = ANY(${stays}), false)`);
  await run(sql`UPDATE cms.drills SET platform = ${to} WHERE platform = ${from}`);
  await run(sql`UPDATE cms.schedules SET platform = ${to} WHERE platform = ${from}`);
  await run(sql`DELETE FROM cms.drift WHERE platform = ${from}`);
  await run(
    sql`UPDATE cms.alerts SET resolved_at = clock_timestamp() WHERE platform = ${from} AND resolved_at IS NULL`,
  );
}
