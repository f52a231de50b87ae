import type { PgBoss } from 'pg-boss';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { readQueueNews } from '../../stores/runs/sweep.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import { pause } from '../../waiting/pause.ts';
import { QUEUE_SCHEMA, type RunJob } from '../queue/boss.ts';

/** A job as the queue gave it to us. */
export interface FetchedRun extends RunJob {
  readonly queue: string;
  readonly jobId: string;
  readonly retryCount: number;
  /** By `performance.now()`: the queue has given it to us later than this. */
  readonly askedAt: number;
}

export interface RunFeedOptions {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly queues: readonly string[];
  readonly pollMs: number;
  readonly log: Logger;
  /** How many more runs could be taken now. */
  room(): number;
  /** So much room is worth a look for more: each look costs the same, however many runs it brings. */
  readonly enough: number;
  onRun(run: FetchedRun): void;
}

/** Takes runs from the queues as long as there is room for them. */
export interface RunFeed {
  /** Looks now instead of at the next poll: something may be there. */
  wake(): void;
  /** Looks now if the last look left something behind for want of room. */
  roomMade(): void;
  /** Resolves when nothing will be taken any more. */
  stop(): Promise<void>;
}

/** Begins at once. A backlog is taken without pauses; with nothing to do it is one statement in each poll. */
export function startRunFeed(options: RunFeedOptions): RunFeed {
  const { database, boss, queues, log } = options;
  const stopped = new AbortController();
  let sleep = new AbortController();
  let woken = true;
  let full = false;

  /** Has the queue take runs from workers that died, so that they can be taken here at once. */
  async function findBusyQueues(): Promise<readonly string[]> {
    const { busy, abandoned } = await readQueueNews(database, queues, QUEUE_SCHEMA);
    if (abandoned.length === 0) return busy;
    // One pass for all queues takes no longer than one for each of them.
    await boss.supervise();
    return (await readQueueNews(database, queues, QUEUE_SCHEMA)).busy;
  }

  async function take(): Promise<void> {
    let room = options.room();
    if (room <= 0) {
      full = true;
      return;
    }
    full = false;
    for (const queue of await findBusyQueues()) {
      if (stopped.signal.aborted) return;
      const askedAt = performance.now();
      const jobs = await boss.fetch<RunJob>(queue, { batchSize: room });
      for (const job of jobs) {
        options.onRun({ ...job.data, queue, jobId: job.id, retryCount: job.retryCount, askedAt });
      }
      room -= jobs.length;
      if (room <= 0) {
        full = true;
        return;
      }
    }
  }

  async function loop(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; ) {
      woken = false;
      sleep = new AbortController();
      let waitMs = options.pollMs;
      try {
        await take();
        failures = 0;
      } catch (error) {
        failures += 1;
        waitMs = backoffMs(failures, { delayMs: 250, maxDelayMs: 5000 });
        if (failures === 1) log.warn({ reason: reasonOf(error) }, 'the queue cannot be read; trying again');
      }
      // Room can have been made while we looked.
      if (full && options.room() >= options.enough) continue;
      if (!woken) await pause(waitMs, sleep.signal);
    }
  }

  function wake(): void {
    woken = true;
    sleep.abort();
  }

  const running = loop();
  return {
    wake,
    roomMade() {
      if (full && options.room() >= options.enough) wake();
    },
    async stop() {
      stopped.abort();
      wake();
      await running;
    },
  };
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.name : 'unknown');
