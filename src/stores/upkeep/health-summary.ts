import { sql } from 'drizzle-orm';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { labelsWithin } from '../access/scope.ts';
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

/** Names at most ten, of what is within the scope. One statement. */
export async function readHealthSummary(
  { orm }: Database,
  platform: string,
  scope: Scope = EVERYTHING,
): Promise<HealthSummary> {
  const within = labelsWithin(scope, sql`i.labels`);
  const among = within ?? sql`true`;
  // Tallies count whole platforms.
  const counted =
    within === undefined
      ? sql`SELECT kind AS health, count FROM cms.tallies
        WHERE platform = ${platform} AND noun = 'instance' AND state = 'RUNNING'`
      : sql`SELECT i.health::text AS health, count(*) AS count FROM cms.instances i
        WHERE i.platform = ${platform} AND i.state = 'RUNNING' AND ${within} GROUP BY i.health`;
  const { rows } = await answered(
    orm.execute<{ running: number; unhealthy: number; names: string[] | null; wanted: string[] | null }>(sql`
      SELECT coalesce(sum(t.count), 0)::integer AS running,
        coalesce(sum(t.count) FILTER (WHERE t.health = 'UNHEALTHY'), 0)::integer AS unhealthy,
        ARRAY(SELECT i.name FROM cms.instances i
          WHERE i.platform = ${platform} AND i.state = 'RUNNING' AND i.health = 'UNHEALTHY' AND ${among} ORDER BY i.name LIMIT 10) AS names,
        ARRAY(SELECT i.name FROM cms.instances i
          WHERE i.platform = ${platform} AND i.state = 'STOPPED' AND ${isWantedAndFailed} AND ${among} ORDER BY i.name LIMIT 10) AS wanted
      FROM (${counted}) t`),
  );
  const [row] = rows;
  return {
    running: row?.running ?? 0,
    unhealthy: row?.unhealthy ?? 0,
    names: row?.names ?? [],
    wanted: row?.wanted ?? [],
  };
}
