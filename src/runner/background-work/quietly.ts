import type { Session } from '../../guarded-postgres/session.ts';

/**
 * Does work without the triggers and event triggers that tables and users bring along: those of pg_cron load its library, which
 * only a server that was started with it can, and one of a user may refuse every change.
 */
export async function quietly<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.run('SET session_replication_role = replica');
  try {
    return await work();
  } finally {
    await session.run('RESET session_replication_role').catch(() => undefined);
  }
}
