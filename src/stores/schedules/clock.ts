import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** More than a clock is ever set by in one go. */
const JUMP = '1 day';
/** So long a clock must go on steadily before it is believed again. */
const STEADY = '1 day';

/**
 * Notes what the database's clock shows, and answers why it cannot be believed, in words; null when it can. It is in doubt
 * for a day after it jumped by more than one (which is how an outage of that length looks, too), while it differs by more
 * than that from this machine's, and while an image is from a day that has not come.
 */
export async function noteClock({ orm }: Database, platform: string, machineNow: Date): Promise<string | null> {
  const { rows } = await answered(
    orm.execute<{ doubt: string | null }>(sql`
      WITH seen AS (
        SELECT clock_timestamp() AS now, ${machineNow.toISOString()}::timestamptz AS machine,
          (SELECT max(taken_at) FROM cms.images WHERE platform = ${platform} AND state = 'AVAILABLE') AS newest,
          (SELECT seen_at FROM cms.clocks WHERE platform = ${platform}) AS before
      ), found AS (
        SELECT now, CASE
          WHEN now - machine NOT BETWEEN -interval '${sql.raw(JUMP)}' AND interval '${sql.raw(JUMP)}' THEN
            'The clocks of the database and of this machine differ: they show ' || now || ' and ' || machine || '.'
          WHEN newest > now + interval '${sql.raw(JUMP)}' THEN
            'There is an image of ' || newest || ', and the clock of the database shows ' || now || '.'
          WHEN now - before NOT BETWEEN -interval '${sql.raw(JUMP)}' AND interval '${sql.raw(JUMP)}' THEN
            'The clock of the database jumped from ' || before || ' to ' || now || ', or no worker ran in between.'
        END AS doubt FROM seen
      ), noted AS (
        INSERT INTO cms.clocks AS c (platform, seen_at, doubted_at, doubt)
        SELECT ${platform}, now, CASE WHEN doubt IS NOT NULL THEN now END, doubt FROM found
        ON CONFLICT (platform) DO UPDATE SET seen_at = excluded.seen_at,
          doubted_at = coalesce(excluded.doubted_at, c.doubted_at), doubt = coalesce(excluded.doubt, c.doubt)
        RETURNING seen_at, doubted_at, doubt
      )
      SELECT CASE WHEN doubted_at IS NOT NULL AND seen_at - doubted_at < interval '${sql.raw(STEADY)}' THEN doubt END AS doubt
      FROM noted`),
  );
  return rows[0]?.doubt ?? null;
}
