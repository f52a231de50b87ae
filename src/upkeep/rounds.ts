import { createHash } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';

/** Something to be done now and then, by one process for all of a platform. */
export interface Round {
  /** Five fields of cron, in UTC. */
  readonly cron: string;
  /** Also whenever a process starts. */
  readonly atStart: boolean;
  /** Safe to repeat: a process that dies in the middle is followed by another. */
  run(signal: AbortSignal): Promise<void>;
}

export interface RoundsOptions {
  readonly boss: PgBoss;
  readonly platformId: string;
  readonly rounds: Readonly<Record<string, Round>>;
  readonly log: Logger;
  /** How often the queue is looked at. Default 15 s. */
  readonly pollSeconds?: number;
}

interface RoundJob {
  readonly round: string;
}

/** One of each round is queued or under way at a time; one whose process died is given to another. */
const QUEUE = {
  retryLimit: 3,
  retryDelay: 1,
  expireInSeconds: 3600,
  heartbeatSeconds: 10,
  retentionSeconds: 24 * 3600,
  deleteAfterSeconds: 600,
} as const;
const POLL_SECONDS = 15;

/** The queue of a platform's rounds; the platform's id holds characters that queue names must not. */
export function roundsQueueName(platformId: string): string {
  return `toygres/${createHash('sha256').update(platformId).digest('hex').slice(0, 12)}/rounds`;
}

/**
 * Has the rounds made on their schedules by whichever process takes them from the queue, this one included. The answer
 * ends that for this process: a round in hand is told to stop, and another process goes on with it.
 */
export async function startRounds(options: RoundsOptions): Promise<() => Promise<void>> {
  const { boss, platformId, rounds, log, pollSeconds = POLL_SECONDS } = options;
  const queue = roundsQueueName(platformId);
  const stopping = new AbortController();
  await boss.createQueue(queue, { ...QUEUE, policy: 'exclusive' });
  await boss.updateQueue(queue, QUEUE);

  async function make(name: string, signal: AbortSignal): Promise<void> {
    const round = rounds[name];
    if (round === undefined) return;
    try {
      await round.run(AbortSignal.any([signal, stopping.signal]));
    } catch (error) {
      // It comes again by itself: trying at once would hit the same outage.
      if (error instanceof AppError) log.warn({ round: name, reason: error.message }, 'a round could not be made');
      else log.error({ round: name, err: error }, 'a round could not be made');
    }
    // Unfinished: the queue gives it to another process.
    stopping.signal.throwIfAborted();
  }

  await boss.work<RoundJob>(
    queue,
    { pollingIntervalSeconds: pollSeconds, heartbeatRefreshSeconds: 3 },
    async (jobs) => {
      for (const { data, signal } of jobs) await make(data.round, signal);
    },
  );
  for (const [name, { cron, atStart }] of Object.entries(rounds)) {
    const data: RoundJob = { round: name };
    // A machine that was off at the time makes it when it is on again.
    await boss.schedule(queue, cron, data, { key: name, singletonKey: name, missed: 'once' });
    if (atStart) await boss.send(queue, data, { singletonKey: name });
  }
  return async () => {
    stopping.abort();
    await boss.offWork(queue, { wait: true });
  };
}
