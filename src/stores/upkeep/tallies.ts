import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** Fewer rows than these are as quick to add up as they are. */
const FEW = 1000;
const BATCH = 50_000;

/**
 * Makes one row of all that were written about the same number of records of a platform (`tallies`), unless there are few.
 * What others write meanwhile stays for the next time; several processes may do so at once. One statement.
 */
export async function foldTallies({ orm }: Database, platform: string): Promise<void> {
  const mine = sql`platform = ${platform}`;
  await answered(
    orm.execute(sql`
      WITH gone AS (
        DELETE FROM cms.tallies WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM cms.tallies
          WHERE ${mine} AND (SELECT count(*) FROM (SELECT FROM cms.tallies WHERE ${mine} LIMIT ${FEW + 1}) counted) > ${FEW}
          LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)) RETURNING *
      )
      INSERT INTO cms.tallies (noun, platform, kind, state, count, bytes)
      SELECT noun, platform, kind, state, sum(count), sum(bytes) FROM gone GROUP BY noun, platform, kind, state
      HAVING sum(count) <> 0 OR sum(bytes) <> 0`),
  );
}
