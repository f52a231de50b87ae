import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowServices } from '../jobs/workflow/context.ts';
import type { OperationQueue } from '../jobs/workflow/operation-queue.ts';
import { type Database, openDatabase } from '../src/db/database.ts';
import { migrateDatabase } from '../src/db/migrate.ts';
import { createLogger } from '../src/log/logger.ts';
import { startBoss } from '../src/workflow/queue/boss.ts';
import { createOperationQueue } from '../src/workflow/queue/operation-queue.ts';
import { startWorkers } from './engine-workers.ts';
import { median, quantile } from './figures.ts';
import { AN_ORDER, nothing } from './nothing-workflow.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { SectionReport } from './report.ts';
import { HELD, measureTakeOvers } from './take-over.ts';

const ONE_BY_ONE = 60;
const AT_ONCE = 1_000;
/** So many each for workers that have just started, which are slow at first. */
const WARM_UP = 40;
const WORKERS = [1, 2, 4];
const LONGEST_MS = 120_000;

async function countOpen({ pool }: Database, platformId: string): Promise<number> {
  const { rows } = await pool.query<{ open: number; failed: number }>(
    `SELECT count(*) FILTER (WHERE state IN ('QUEUED', 'RUNNING'))::int AS open,
      count(*) FILTER (WHERE state IN ('FAILED', 'CANCELLED'))::int AS failed FROM cms.operations WHERE platform = $1`,
    [platformId],
  );
  if (rows[0]?.failed !== 0) throw new Error('an operation that does nothing failed');
  return rows[0].open;
}

async function untilDone(database: Database, platformId: string, look?: () => Promise<void>): Promise<void> {
  for (const deadline = performance.now() + LONGEST_MS; (await countOpen(database, platformId)) > 0; ) {
    if (performance.now() > deadline) throw new Error('operations that do nothing did not end');
    await look?.();
    await delay(20);
  }
}

/** How many sessions wait until another's transaction that notifies is on disk. */
async function countQueuedCommits({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'object'`,
  );
  return rows[0]?.count ?? 0;
}

/** Milliseconds from the beginning of the enqueuing transaction, by the clock of the database alone. */
async function readLatencies({ pool }: Database, platformId: string): Promise<{ first: number[]; whole: number[] }> {
  const { rows } = await pool.query<{ first: number; whole: number }>(
    `SELECT extract(epoch FROM s.started_at - o.created_at)::float8 * 1000 AS first,
      extract(epoch FROM o.finished_at - o.created_at)::float8 * 1000 AS whole
     FROM cms.operations o JOIN cms.operation_steps s ON s.operation_id = o.id AND s.name = 'One' WHERE o.platform = $1`,
    [platformId],
  );
  return { first: rows.map((row) => row.first), whole: rows.map((row) => row.whole) };
}

/** The engine alone, on operations that do nothing, with workers in processes of their own. */
export async function benchEngine(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  await using server = await startPlainServer(place, 'engine-records');
  const url = server.urlOf('postgres');
  await migrateDatabase(url);
  await using stops = new AsyncDisposableStack();
  const database = openDatabase({ url });
  stops.defer(() => database.stop());
  const log = createLogger('warn');
  const boss = await startBoss({ url, log });
  stops.defer(() => boss.stop({ graceful: false }));
  let platforms = 0;
  const open = (): { platformId: string; queue: OperationQueue } => {
    const platformId = `bench:${++platforms}`;
    const services = {} as WorkflowServices;
    return { platformId, queue: createOperationQueue({ boss, platformId, workflows: [nothing], services }) };
  };

  const p50: number[] = [];
  const p95: number[] = [];
  const whole: number[] = [];
  const perSecond = new Map<number, number[]>(WORKERS.map((count) => [count, []]));
  const queued: number[] = [];
  const takeOvers: (readonly [number, number])[] = [];
  for (let run = 1; run <= runs; run += 1) {
    place.say(`engine: run ${run} of ${runs}`);
    const alone = open();
    {
      await using _workers = await startWorkers(place, url, alone.platformId, 1);
      for (let i = 0; i < ONE_BY_ONE; i += 1) {
        await database.transaction((tx) => alone.queue.enqueue(tx, nothing, {}, AN_ORDER));
        await untilDone(database, alone.platformId);
      }
    }
    const latencies = await readLatencies(database, alone.platformId);
    p50.push(quantile(latencies.first, 0.5));
    p95.push(quantile(latencies.first, 0.95));
    whole.push(median(latencies.whole));
    for (const count of WORKERS) {
      const { platformId, queue } = open();
      await using _workers = await startWorkers(place, url, platformId, count);
      const enqueue = (operations: number) =>
        database.transaction(async (tx) => {
          for (let i = 0; i < operations; i += 1) await queue.enqueue(tx, nothing, {}, AN_ORDER);
        });
      await enqueue(WARM_UP * count);
      await untilDone(database, platformId);
      await enqueue(AT_ONCE);
      const begunAt = performance.now();
      const waiting: number[] = [];
      await untilDone(database, platformId, async () => void waiting.push(await countQueuedCommits(database)));
      const steps = AT_ONCE * nothing.steps.length;
      perSecond.get(count)?.push(steps / ((performance.now() - begunAt) / 1000));
      if (count === WORKERS.at(-1)) queued.push(waiting.reduce((sum, each) => sum + each, 0) / waiting.length);
    }
    takeOvers.push(await measureTakeOvers(place, { url, database, boss, platformId: `bench:${++platforms}` }));
  }
  return {
    section: 'engine, with operations of five steps that do nothing',
    measurements: [
      { name: 'enqueue to first step, p50', unit: 'ms', values: p50, notes: [`${ONE_BY_ONE} one by one in each run`] },
      { name: 'enqueue to first step, p95', unit: 'ms', values: p95 },
      { name: 'overhead of a whole operation', unit: 'ms', values: whole },
      ...WORKERS.map((count) => ({
        name: `steps a second, ${count} ${count === 1 ? 'worker' : 'workers'}`,
        unit: '/s',
        values: perSecond.get(count) ?? [],
      })),
      { name: `sessions that wait for another's commit, ${WORKERS.at(-1)} workers`, unit: '', values: queued },
      {
        name: 'take-over after a kill, first run',
        unit: 's',
        values: takeOvers.map(([first]) => first),
        notes: ['counted from the kill to the claim by another worker'],
      },
      { name: `take-over after a kill, last of ${HELD} runs`, unit: 's', values: takeOvers.map(([, last]) => last) },
    ],
  };
}
