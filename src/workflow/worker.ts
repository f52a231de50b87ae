import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { PgBoss } from 'pg-boss';
import type { WorkflowServices } from '../../jobs/workflow/context.ts';
import type { Workflow } from '../../jobs/workflow/define-workflow.ts';
import type { Database } from '../db/database.ts';
import type { WakeSource } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import { announceWorker, removeWorker } from '../stores/runs/workers.ts';
import { every } from '../waiting/every.ts';
import { ensureQueue } from './queue/boss.ts';
import { queueName } from './queue/queue-name.ts';
import { createHeldRuns } from './runs/held-runs.ts';
import { type RunFeed, startRunFeed } from './runs/run-feed.ts';
import type { EngineDeps } from './runs/run-in-hand.ts';
import { type RunMeter, silentMeter } from './runs/run-meter.ts';
import { createRunTaker } from './runs/run-taker.ts';
import { createSlots } from './runs/slots.ts';
import { sweep } from './runs/sweep.ts';
import { createTeller } from './runs/teller.ts';

export interface WorkerOptions {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly listener: WakeSource;
  readonly workflows: readonly Workflow[];
  readonly services: WorkflowServices;
  /** Whose operations it takes; it never touches another platform's. */
  readonly platformId: string;
  /** Steps at once. Runs that only wait are not counted. */
  readonly concurrency: number;
  readonly log: Logger;
  /** Told what happens to the runs. Default: nobody is. */
  readonly meter?: RunMeter;
  /** The package's version, for those who look at the list of workers. */
  readonly release: string;
  /** Runs in hand at once, waiting ones included. Default 200. */
  readonly maxRuns?: number;
  /** How long a compensation is retried in all. Default 15 minutes. */
  readonly undoBudgetMs?: number;
  /** How long a step that was told to end may take to do so. Default 5 s. */
  readonly settleMs?: number;
  /** How long a compensation waits for such a step after that. Default 30 s. */
  readonly leftBehindMs?: number;
  /** After how long without a worker of its version a run fails. Default 24 hours. */
  readonly strandedAfterMs?: number;
  /** How long it waits for word of new runs before it looks by itself. Default 1 s. */
  readonly pollMs?: number;
}

/** Takes runs from the queue and brings them to their end. */
export interface Worker {
  readonly id: string;
  /** Resolves when it has announced itself and takes runs. Throws UNAVAILABLE when the database does not answer. */
  start(): Promise<void>;
  /**
   * Takes nothing more, lets the steps in hand end within the grace, then aborts their signals, and hands every run that
   * is not over back to the queue, to be taken at once by another worker. Nothing is recorded as failed by it.
   */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

const POLL_MS = 1000;
/** The queue gives a run to another after 10 s without one. */
const HEARTBEAT_MS = 3000;
const ANNOUNCE_MS = 5000;
const SWEEP_MS = 60_000;

export function createWorker(options: WorkerOptions): Worker {
  const { database, boss, workflows, platformId, concurrency, log } = options;
  const id = randomUUID();
  const settleMs = options.settleMs ?? 5000;
  const deps: EngineDeps = {
    database,
    services: options.services,
    slots: createSlots(concurrency),
    log,
    meter: options.meter ?? silentMeter,
    teller: createTeller(database, log),
    undoBudgetMs: options.undoBudgetMs ?? 15 * 60_000,
    settleMs,
    leftBehindMs: options.leftBehindMs ?? 30_000,
  };
  const byQueue = new Map(workflows.map((each) => [queueName(platformId, each.name, each.version), each]));
  const held = createHeldRuns(database, boss, log);
  const stops: (() => Promise<void> | void)[] = [];
  let feed: RunFeed | null = null;
  const taker = createRunTaker({
    deps,
    boss,
    held,
    platformId,
    workflowOf: byQueue,
    concurrency,
    maxRuns: options.maxRuns ?? 200,
    onRoom: () => feed?.roomMade(),
  });

  const announcement = {
    id,
    platform: platformId,
    host: hostname(),
    pid: process.pid,
    release: options.release,
    workflows: workflows.map(({ name, version, steps }) => ({ name, version, steps })),
  };
  const announce = () => announceWorker(database.orm, announcement);
  const sweepOnce = () => sweep({ ...options, strandedAfterMs: options.strandedAfterMs ?? 24 * 3600_000 });
  const background = (what: string) => (error: unknown) =>
    log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, `${what} failed; it is tried again`);

  /** `<platform>`: there is something to take. `<platform>/<operation>`: that one was cancelled. */
  function onWork(payload: string | null): void {
    if (payload === null || payload === platformId) feed?.wake();
    if (payload === null) held.look().catch(background('a look at the runs in hand'));
    else if (payload.startsWith(`${platformId}/`)) held.hint(payload.slice(platformId.length + 1));
  }

  return {
    id,
    async start() {
      for (const queue of byQueue.keys()) await ensureQueue(boss, queue);
      await announce();
      feed = startRunFeed({
        database,
        boss,
        queues: [...byQueue.keys()],
        pollMs: options.pollMs ?? POLL_MS,
        log,
        room: taker.room,
        enough: Math.max(1, Math.floor(concurrency / 2)),
        onRun: taker.take,
      });
      stops.push(
        options.listener.subscribe('toygres_work', onWork),
        every(HEARTBEAT_MS, held.touch, background('the heartbeat')),
        every(HEARTBEAT_MS, held.look, background('a look at the runs in hand')),
        every(ANNOUNCE_MS, announce, background('the announcement')),
        every(SWEEP_MS, sweepOnce, background('the sweep')),
      );
      await sweepOnce().catch(background('the sweep'));
    },
    async stop({ graceMs }) {
      await feed?.stop();
      for (const { control } of held.all()) control.stopSoon();
      await taker.idle(graceMs);
      for (const { control } of held.all()) control.stopNow();
      await taker.idle(settleMs + 5000);
      await Promise.all(stops.splice(0).map((stop) => stop()));
      await deps.teller.settled();
      await removeWorker(database.orm, id).catch(background('taking the worker off the list'));
    },
  };
}
