import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';

/** An operation that has events up to this one. */
export interface Hint {
  readonly operationId: string;
  readonly sequence: number;
}

/**
 * In a transaction: what it changes from now on of operations and their events notifies nobody. Whoever writes so gives the
 * hints when it has committed. A transaction that notifies keeps every other one that does from committing until its own
 * commit is on disk: steps, which are written all the time, would be written one after the other by all workers together.
 */
export const toldAfterwards: SQL<string> = sql<string>`set_config('toygres.told_afterwards', 'on', true)`;

/**
 * Notifies those who follow these operations, as the triggers would have done. Its own commit waits for no disk, since a
 * hint is none of the records: one that is lost is made up for by the next look.
 */
export async function giveHints({ orm }: Pick<Database, 'orm'>, hints: readonly Hint[]): Promise<void> {
  if (hints.length === 0) return;
  const ids = hints.map(({ operationId }) => operationId);
  const sequences = hints.map(({ sequence }) => sequence);
  await orm.execute(sql`
    SELECT set_config('synchronous_commit', 'off', true), pg_notify('toygres_events', id || ':' || sequence),
      pg_notify('toygres_changes', 'operation:' || id)
    FROM unnest(${sql.param(ids)}::text[], ${sql.param(sequences)}::int[]) AS hint (id, sequence)`);
}
