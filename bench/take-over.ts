import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { WorkflowServices } from '../jobs/workflow/context.ts';
import type { Database } from '../src/db/database.ts';
import { createOperationQueue } from '../src/workflow/queue/operation-queue.ts';
import { startWorkers } from './engine-workers.ts';
import { AN_ORDER, waiting } from './nothing-workflow.ts';
import type { Place } from './place.ts';

/** Runs that one killed worker has in hand. */
export const HELD = 20;
const LONGEST_MS = 60_000;

export interface TakeOverBench {
  readonly url: string;
  readonly database: Database;
  readonly boss: PgBoss;
  /** Nobody else's. */
  readonly platformId: string;
}

/** Seconds from the kill of a worker until another has claimed the first and the last of its runs. */
export async function measureTakeOvers(place: Place, bench: TakeOverBench): Promise<readonly [number, number]> {
  const { url, database, boss, platformId } = bench;
  const workflows = [waiting];
  const queue = createOperationQueue({ boss, platformId, workflows, services: {} as WorkflowServices });
  await using first = await startWorkers(place, url, platformId, 1);
  await database.transaction(async (tx) => {
    for (let i = 0; i < HELD; i += 1) await queue.enqueue(tx, waiting, {}, AN_ORDER);
  });
  const claimed = async (times: number) => {
    const { rows } = await database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM cms.operations WHERE platform = $1 AND fence >= $2',
      [platformId, times],
    );
    return rows[0]?.count ?? 0;
  };
  const until = async (number: number, times: number) => {
    for (const deadline = performance.now() + LONGEST_MS; (await claimed(times)) < number; await delay(20)) {
      if (performance.now() > deadline) throw new Error('runs were not claimed');
    }
  };
  await until(HELD, 1);
  await using _second = await startWorkers(place, url, platformId, 1);
  for (const child of first.children) child.kill('SIGKILL');
  const killedAt = performance.now();
  const seconds = () => (performance.now() - killedAt) / 1000;
  await until(1, 2);
  const toTheFirst = seconds();
  await until(HELD, 2);
  return [toTheFirst, seconds()];
}
