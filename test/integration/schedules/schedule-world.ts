import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { workflows } from '../../../jobs/registry.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createFeeder } from '../../../src/schedules/feeder.ts';
import { planDue } from '../../../src/schedules/planner.ts';
import type { ScheduledWork } from '../../../src/schedules/ports.ts';
import { createCommandGate } from '../../../src/services/commands/gate.ts';
import { createScheduleCommands } from '../../../src/services/schedules/schedule-commands.ts';
import { createScheduledWork } from '../../../src/services/schedules/scheduled-work.ts';
import { createScheduleQueries } from '../../../src/stores/schedules/queries.ts';
import { readRunsUnderWay } from '../../../src/stores/schedules/runs.ts';
import { createOperationQueue } from '../../../src/workflow/queue/operation-queue.ts';
import { PLATFORM } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';
import { admin, createCommandWorld } from '../services/command-world.ts';

/** What a run made of one instance. */
export interface PlannedImage {
  readonly name: string;
  readonly state: string;
  readonly operationId: string | null;
  readonly message: string | null;
}

/** The schedules of a real database and queue; no worker runs what they begin, the test says how it ends. */
async function createScheduleWorld() {
  const world = await createCommandWorld();
  const { boss, database, platform, secrets } = world;
  const log = createLogger('silent');
  const gate = createCommandGate({ database, secrets, platform, log });
  const queue = createOperationQueue({ boss, platformId: PLATFORM, workflows, services: {} as never });
  const work: ScheduledWork = createScheduledWork({ gate, queue, platform, secrets });
  const feeder = createFeeder({ database, work });
  const commands = createScheduleCommands({ gate, platform });

  async function runImages(runId: string): Promise<readonly PlannedImage[]> {
    const { rows } = await database.pool.query<PlannedImage>(
      `SELECT instance_name AS name, state, operation_id AS "operationId", message FROM cms.scheduled_images
        WHERE run_id = $1 ORDER BY instance_name`,
      [runId],
    );
    return rows;
  }

  return {
    ...world,
    gate,
    work,
    feeder,
    commands,
    queries: createScheduleQueries(database),
    runImages,
    plan: () => planDue(database, PLATFORM, log),
    feedAll: async () => {
      for (const run of await readRunsUnderWay(database, PLATFORM)) await feeder.feed(run);
    },
    /** A daily schedule of what carries the label `of`, whose times a test sets itself: its own is half a day away from now. */
    async create(values: Partial<Parameters<typeof commands.create>[1]> = {}) {
      const of = `s-${randomUUID().slice(0, 8)}`;
      const input = {
        name: of,
        cron: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`,
        selector: { of },
        retention: { keepLast: 3 },
        ...values,
      };
      const { scheduleId } = await commands.create(admin, input);
      return { id: scheduleId, of, labels: { of } };
    },
    /** Has the schedule be due at this moment, as if nobody had looked since. */
    due: (scheduleId: string, at: Date) =>
      database.pool.query('UPDATE cms.schedules SET next_due_at = $2 WHERE id = $1', [scheduleId, at]),
    /** Has a row stand as it was written while the clock showed another time. */
    async asWrittenAhead(statement: string, id: string): Promise<void> {
      const client = await database.pool.connect();
      try {
        await client.query(`SET session_replication_role = 'replica'`);
        await client.query(statement, [id]);
      } finally {
        client.release(true);
      }
    },
    runs: async (scheduleId: string) => {
      const [page] = await createScheduleQueries(database).runPages([scheduleId], { first: 100, after: null });
      return page?.rows ?? [];
    },
    /** Ends an operation that takes an image. */
    async end(operationId: string | null, state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED', message = 'it broke') {
      const failure = state === 'SUCCEEDED' ? null : JSON.stringify({ code: 'STEP_FAILED', message, step: null });
      await database.pool.query(
        `WITH ended AS (
           UPDATE cms.operations SET state = $2, failure = $3, finished_at = now() WHERE id = $1 RETURNING image_id)
         UPDATE cms.images SET state = CASE $2 WHEN 'SUCCEEDED' THEN 'AVAILABLE' ELSE 'FAILED' END,
           verified_at = CASE $2 WHEN 'SUCCEEDED' THEN now() END, taken_at = now()
         WHERE id = (SELECT image_id FROM ended)`,
        [operationId, state, failure],
      );
    },
    inTransaction: <T>(run: (tx: Transaction) => Promise<T>) => database.transaction(run),
  };
}

export type ScheduleWorld = Awaited<ReturnType<typeof createScheduleWorld>>;

/** One world for all tests of a file; to be called at its head. */
export function useScheduleWorld(): ScheduleWorld {
  return useShared(createScheduleWorld);
}
