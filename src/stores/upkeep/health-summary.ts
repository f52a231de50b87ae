import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { isWantedAndFailed } from './stopped.ts';

/** How the running instances of a platform are. */
export interface HealthSummary {
  readonly running: number;
  readonly unhealthy: number;
  /** The names of some that are UNHEALTHY. */
  readonly names: readonly string[];
  /** The names of some that were asked to run, which has failed, and are STOPPED. */
  readonly wanted: readonly string[];
}

/** Names at most ten. One statement. */
export async function readHealthSummary({ orm }: Database, platform: string): Promise<HealthSummary> {
  const { rows } = await answered(
    orm.execute<{ running: number; unhealthy: number; names: string[] | null; wanted: string[] | null }>(sql`
      SELECT count(*) FILTER (WHERE state = 'RUNNING')::integer AS running,
        count(*) FILTER (WHERE state = 'RUNNING' AND health = 'UNHEALTHY')::integer AS unhealthy,
        (array_agg(name ORDER BY name) FILTER (WHERE state = 'RUNNING' AND health = 'UNHEALTHY'))[1:10] AS names,
        (array_agg(name ORDER BY name) FILTER (WHERE state = 'STOPPED' AND ${isWantedAndFailed}))[1:10] AS wanted
      FROM cms.instances i WHERE platform = ${platform} AND state IN ('RUNNING', 'STOPPED')`),
  );
  const [row] = rows;
  return {
    running: row?.running ?? 0,
    unhealthy: row?.unhealthy ?? 0,
    names: row?.names ?? [],
    wanted: row?.wanted ?? [],
  };
}
