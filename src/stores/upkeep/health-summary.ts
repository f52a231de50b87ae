import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** How the running instances of a platform are. */
export interface HealthSummary {
  readonly running: number;
  readonly unhealthy: number;
  /** The names of some that are UNHEALTHY. */
  readonly names: readonly string[];
}

/** Names at most ten. One statement. */
export async function readHealthSummary({ orm }: Database, platform: string): Promise<HealthSummary> {
  const { rows } = await answered(
    orm.execute<{ running: number; unhealthy: number; names: string[] | null }>(sql`
      SELECT count(*)::integer AS running, count(*) FILTER (WHERE health = 'UNHEALTHY')::integer AS unhealthy,
        (array_agg(name ORDER BY name) FILTER (WHERE health = 'UNHEALTHY'))[1:10] AS names
      FROM cms.instances WHERE platform = ${platform} AND state = 'RUNNING'`),
  );
  const [row] = rows;
  return { running: row?.running ?? 0, unhealthy: row?.unhealthy ?? 0, names: row?.names ?? [] };
}
