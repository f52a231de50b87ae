import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { quoteIdentifier, sql } from '../../guarded-postgres/sql.ts';

const LoudTrigger = z
  .tuple([hexName, z.enum(['A', 'R'])])
  .transform(([name, enabled]) => ({ name: quoteIdentifier(name), fires: enabled === 'A' ? 'ALWAYS' : 'REPLICA' }));

/** Those that fire whatever the role of the session is, or for this role alone. */
const LOUD: Question<z.infer<typeof LoudTrigger>> = {
  sql: `
    SELECT pg_catalog.encode(pg_catalog.textsend(evtname::pg_catalog.text), 'hex'), evtenabled FROM pg_catalog.pg_event_trigger
    WHERE evtenabled IN ('A', 'R') ORDER BY evtname`,
  row: LoudTrigger,
};

/**
 * Does work without the triggers and event triggers that tables and users bring along: those of pg_cron load its library, which
 * only a server that was started with it can, and one of a user may refuse every change. Call it outside of a transaction.
 */
export async function quietly<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.run('SET session_replication_role = replica');
  const loud = await session.ask(LOUD);
  try {
    for (const { name } of loud) await session.run(sql`ALTER EVENT TRIGGER ${name} DISABLE`);
    return await work();
  } finally {
    for (const { name, fires } of loud) {
      await session.run(sql`ALTER EVENT TRIGGER ${name} ENABLE ${fires}`).catch(() => undefined);
    }
    await session.run('RESET session_replication_role').catch(() => undefined);
  }
}

/** The same until the transaction ends, which must be rolled back. */
export async function silenceUntilRolledBack(session: Session): Promise<void> {
  await session.run('SET LOCAL session_replication_role = replica');
  for (const { name } of await session.ask(LOUD)) await session.run(sql`ALTER EVENT TRIGGER ${name} DISABLE`);
}
