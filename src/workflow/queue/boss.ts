import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss, systemClock } from 'pg-boss';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { inside } from '../../db/database.ts';
import { type ReadPassword, sessionConfig } from '../../db/session.ts';
import type { Logger } from '../../log/logger.ts';
import { runKey } from './queue-name.ts';

/** The schema of the queue, in the same database as ours. */
export const QUEUE_SCHEMA = 'pgboss';

const YEAR_SECONDS = 365 * 24 * 3600;
const HEARTBEAT_SECONDS = 10;
/**
 * So long after a heartbeat was sent nobody else can have the run of a worker: somewhat less than the queue waits, since
 * what is begun then takes its time.
 */
export const RUN_IS_OURS_MS = (HEARTBEAT_SECONDS - 2) * 1000;

/**
 * So wide that the queue never decides how a run ends. One run is queued once (`exclusive` by key). A worker that gives
 * no sign of life for that long has lost its run; the expiry is pg-boss's longest, and a run that outlasts it is only taken
 * anew.
 */
const RUN_QUEUE = {
  retryLimit: 1_000_000,
  retryDelay: 0,
  retryBackoff: false,
  expireInSeconds: 24 * 3600,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retentionSeconds: YEAR_SECONDS,
  deleteAfterSeconds: 600,
} as const;

/** A connection that the network has forgotten would silence heartbeats for ever. */
const ANSWER_WITHIN_MS = 20_000;

/**
 * Setting this machine's clock back would stop all that pg-boss does now and then for as long; schedules go by the
 * database's clock in any case.
 */
const STEADY_CLOCK = { ...systemClock, now: () => performance.timeOrigin + performance.now() };

export interface BossOptions {
  readonly url: string;
  readonly log: Logger;
  /** Default 3. */
  readonly maxConnections?: number;
  /** Whether this process sends what is due by schedules. Default false. */
  readonly schedule?: boolean;
  /** The password, where the URL has none. */
  readonly readPassword?: ReadPassword | null;
}

/** What a queue job says: which run is to be taken up. */
export interface RunJob {
  readonly operationId: string;
  readonly run: number;
}

/**
 * Connects to the queue and creates or migrates its schema; any number of processes may do so at a time. Its own
 * supervisor only tidies up now and then: a pass costs some ten statements, so that workers look for runs whose worker
 * died by one of their own, and have a pass made when there are any (see run-feed.ts). Stop it with
 * `boss.stop({ graceful: false })` after the workers.
 */
export async function startBoss(options: BossOptions): Promise<PgBoss> {
  const { url, log, maxConnections = 3, schedule = false, readPassword = null } = options;
  const boss = new PgBoss({
    // It hands them to its pool.
    ...sessionConfig({ url, applicationName: 'toygres queue', answerWithinMs: ANSWER_WITHIN_MS, readPassword }),
    schema: QUEUE_SCHEMA,
    // The migrations of the records have made it, or somebody with more rights.
    createSchema: false,
    max: maxConnections,
    clock: STEADY_CLOCK,
    schedule,
    cronMonitorIntervalSeconds: 45,
    cronWorkerIntervalSeconds: 30,
    registerInstance: false,
    monitorVacuum: false,
    superviseIntervalSeconds: 60,
    // A pass that is asked for is made, unless another process has just made one.
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds: 300,
    flowIntervalSeconds: 3600,
  });
  // Unheard, an error of its background work would end the process.
  boss.on('error', (error) => log.warn({ reason: error.message }, 'the queue reports an error'));
  boss.on('warning', (warning) => log.debug({ reason: warning.message }, 'the queue reports a warning'));
  await boss.start();
  return boss;
}

/** Creates the queue or gives it today's settings. Safe to repeat, and in several processes at once. */
export async function ensureQueue(boss: PgBoss, name: string): Promise<void> {
  await boss.createQueue(name, { ...RUN_QUEUE, policy: 'exclusive' });
  // An existing queue was left as it is by that.
  await boss.updateQueue(name, RUN_QUEUE);
}

/** Queues a run in the caller's transaction. False when it is queued or under way already. */
export async function sendRun(boss: PgBoss, tx: Transaction, queue: string, job: RunJob): Promise<boolean> {
  const db = fromDrizzle(inside(tx), sql);
  const id = await boss.send(queue, { ...job }, { db, singletonKey: runKey(job.operationId, job.run) });
  return id !== null;
}
