import { createHash, randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { AppError } from '../../schema/errors.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import { noteClock } from '../stores/schedules/clock.ts';
import { readRunsUnderWay } from '../stores/schedules/runs.ts';
import { readNextDue } from '../stores/schedules/writes.ts';
import { createDuty } from '../stores/upkeep/duty.ts';
import { every } from '../waiting/every.ts';
import { createFeeder } from './feeder.ts';
import { planDue } from './planner.ts';
import type { ScheduledWork } from './ports.ts';
import { createRetainer } from './retainer.ts';

/** Hints that rows have changed; see the listener of the CMS. */
export interface ChangeSource {
  subscribe(channel: string, onNotify: (payload: string | null) => void): () => void;
}

export interface SchedulerOptions {
  readonly database: Database;
  /** Must make schedules. */
  readonly boss: PgBoss;
  readonly listener: ChangeSource;
  readonly platformId: string;
  readonly work: ScheduledWork;
  /** Throws while the blob store does not answer. */
  readonly checkStore: () => Promise<void>;
  readonly log: Logger;
  /** How often to look without being told to, while runs are under way. Default 5 s. */
  readonly lookMs?: number;
}

/** Carries out the schedules of one platform; every worker has it, and one of them does it. */
export interface Scheduler {
  start(): Promise<void>;
  /** Resolves when this process does nothing of it any more; another one takes over. */
  stop(): Promise<void>;
}

/** What a tick is for: all of retention, or what is due and has expired. */
interface Tick {
  readonly retainAll?: boolean;
}

const TICK_MS = 500;
const IDLE_LOOK_MS = 60_000;
const TICK_QUEUE = {
  retryLimit: 0,
  expireInSeconds: 600,
  retentionSeconds: 120,
  deleteAfterSeconds: 60,
} as const;

/** The queue of the minute's tick; the platform's id holds characters that queue names must not. */
function tickQueueName(platformId: string): string {
  return `toygres/${createHash('sha256').update(platformId).digest('hex').slice(0, 12)}/schedules`;
}

/**
 * Begins what is due and brings runs on. The queue's own scheduler ticks every minute, whichever worker takes the tick; in
 * between, the one that has the duty begins what is due at its very moment, and the next image as soon as one has ended.
 * Whatever either does is safe in any number of processes at once.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { database, boss, listener, platformId, work, checkStore, log, lookMs = 5000 } = options;
  const retainer = createRetainer({ database, platformId, work, checkStore, log });
  const feeder = createFeeder({ database, work });
  const duty = createDuty({ database, name: `schedules ${platformId}`, holder: randomUUID() });
  const queue = tickQueueName(platformId);
  let runs: readonly string[] = [];
  let nextDue: number | null = null;
  let lookAt = 0;
  let isNews = true;

  async function look(): Promise<void> {
    if ((await duty.hold()) === null) {
      isNews = true;
      return;
    }
    const isDue = nextDue !== null && Date.now() >= nextDue;
    // By time that passes: a clock that is set back would keep it from looking.
    if (!isNews && !isDue && performance.now() < lookAt) return;
    isNews = false;
    await planDue(database, platformId, log);
    nextDue = (await readNextDue(database, platformId))?.getTime() ?? null;
    runs = await readRunsUnderWay(database, platformId);
    for (const run of runs) await feeder.feed(run).catch((error: unknown) => tellOf({ run }, error));
    const left = await readRunsUnderWay(database, platformId);
    const hasEnded = runs.some((run) => !left.includes(run));
    runs = left;
    // The images of a run may have made older ones superfluous.
    if (hasEnded) await retainer.retain();
    lookAt = performance.now() + (runs.length > 0 ? lookMs : IDLE_LOOK_MS);
  }

  function hear(payload: string | null): void {
    const noun = payload?.split(':')[0];
    if (payload === null || noun === 'schedule' || (noun === 'operation' && runs.length > 0)) isNews = true;
  }

  function tellOf(what: object, error: unknown): void {
    isNews = true;
    if (error instanceof AppError) log.warn({ ...what, reason: error.message }, 'schedules could not be looked at');
    else log.error({ ...what, err: error }, 'schedules could not be looked at');
  }
  const tell = (error: unknown) => tellOf({}, error);

  async function beat({ retainAll = false }: Tick): Promise<void> {
    if (!retainAll) await planDue(database, platformId, log);
    await noteClock(database, platformId, new Date());
    await retainer.retain({ onlyExpired: !retainAll });
  }

  const stops: (() => Promise<void> | void)[] = [];
  return {
    async start() {
      await boss.createQueue(queue, { ...TICK_QUEUE, policy: 'exclusive' });
      await boss.updateQueue(queue, TICK_QUEUE);
      await boss.work<Tick>(queue, { pollingIntervalSeconds: 15 }, async (jobs) => {
        for (const { data } of jobs) await beat(data).catch(tell);
      });
      stops.push(async () => {
        await boss.offWork(queue, { wait: true });
      });
      await boss.schedule(queue, '* * * * *', {}, { key: 'tick', singletonKey: 'tick' });
      await boss.schedule(queue, '*/10 * * * *', { retainAll: true }, { key: 'retention', singletonKey: 'retention' });
      stops.push(listener.subscribe('toygres_changes', hear), every(TICK_MS, look, tell));
    },
    async stop() {
      await Promise.all(stops.map((end) => end()));
      await duty.release();
    },
  };
}
