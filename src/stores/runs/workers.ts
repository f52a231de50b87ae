import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { workers } from '../../../drizzle/tables/index.ts';
import type { AnnouncedWorkflow } from '../../../drizzle/tables/workers.ts';
import type { OrmTransaction } from '../../db/database.ts';

/** A worker that was not seen for so long takes nothing any more. */
export const WORKER_LIVE_FOR = '30 seconds';
const FORGOTTEN_AFTER = '1 hour';

type Orm = Pick<OrmTransaction, 'select' | 'insert' | 'delete'>;

export type WorkerRow = Omit<typeof workers.$inferInsert, 'startedAt' | 'seenAt'>;

/** Says that this worker is alive and what it can run, and forgets workers that have long been silent. */
export async function announceWorker(orm: Orm, worker: WorkerRow): Promise<void> {
  await orm
    .insert(workers)
    .values(worker)
    .onConflictDoUpdate({ target: workers.id, set: { seenAt: sql`now()`, workflows: worker.workflows } });
  await orm.delete(workers).where(lt(workers.seenAt, sql`now() - ${FORGOTTEN_AFTER}::interval`));
}

export async function removeWorker(orm: Orm, id: string): Promise<void> {
  await orm.delete(workers).where(eq(workers.id, id));
}

/** Every workflow version that a live worker of the platform has. */
export async function readAnnouncedWorkflows(orm: Orm, platform: string): Promise<readonly AnnouncedWorkflow[]> {
  const rows = await orm
    .select({ workflows: workers.workflows })
    .from(workers)
    .where(and(eq(workers.platform, platform), gt(workers.seenAt, sql`now() - ${WORKER_LIVE_FOR}::interval`)));
  return rows.flatMap((row) => row.workflows);
}
