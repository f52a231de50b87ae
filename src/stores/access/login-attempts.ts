import { inArray, sql } from 'drizzle-orm';
import { loginAttempts } from '../../../drizzle/tables/index.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** Something of which attempts are counted, and for how long after the first. */
export interface Counted {
  readonly key: string;
  readonly windowSeconds: number;
}

/**
 * Counts an attempt before it is made, so that many at once are all counted; answers with how many there have been within
 * the window, this one included. What is over is cleared away.
 */
export async function countAttempt({ orm }: Database, { key, windowSeconds }: Counted): Promise<number> {
  const end = sql`now() + ${windowSeconds} * interval '1 second'`;
  const [[row]] = await Promise.all([
    answered(
      orm
        .insert(loginAttempts)
        .values({ key, attempts: 1, expiresAt: end })
        .onConflictDoUpdate({
          target: loginAttempts.key,
          set: {
            attempts: sql`CASE WHEN ${loginAttempts.expiresAt} < now() THEN 1 ELSE ${loginAttempts.attempts} + 1 END`,
            expiresAt: sql`CASE WHEN ${loginAttempts.expiresAt} < now() THEN ${end} ELSE ${loginAttempts.expiresAt} END`,
          },
        })
        .returning({ attempts: loginAttempts.attempts }),
    ),
    answered(
      orm.execute(
        sql`DELETE FROM cms.login_attempts WHERE key IN (
          SELECT key FROM cms.login_attempts WHERE expires_at < now() - interval '1 minute' LIMIT 100 FOR UPDATE SKIP LOCKED)`,
      ),
    ),
  ]);
  return row?.attempts ?? 1;
}

/** Forgets the attempts, once one has succeeded. */
export async function forgetAttempts({ orm }: Database, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await answered(orm.delete(loginAttempts).where(inArray(loginAttempts.key, [...keys])));
}
