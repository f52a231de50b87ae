import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../jobs/ports/transaction.ts';
import { AppError } from '../../schema/errors.ts';
import { readRecurrence } from '../../schema/rules/recurrence.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import { beginRun, insertRun, readLastEnded, readRunUnderWay } from '../stores/schedules/runs.ts';
import {
  changeSchedule,
  type LockedSchedule,
  lockDueSchedule,
  lockScheduleAhead,
  readClock,
} from '../stores/schedules/writes.ts';
import { listDue } from './due-times.ts';

/** What nobody can tell the times of is looked at again so often: another release may know its time zone. */
const UNREADABLE_MS = 3_600_000;

async function skip(tx: Transaction, scheduleId: string, dueAt: Date, message: string): Promise<void> {
  const run = { id: randomUUID(), scheduleId, dueAt, startedAt: null, finishedAt: dueAt, state: 'SKIPPED' as const };
  await insertRun(tx, { ...run, message });
}

/**
 * A schedule whose times this process cannot tell: its run has failed, which is its alert, and it is looked at again later. Told
 * once, and again after a run that was begun by hand went well.
 */
async function putOff(tx: Transaction, schedule: LockedSchedule, now: Date): Promise<void> {
  const { id, cron, timeZone } = schedule;
  const message =
    `The times of "${cron}" in the time zone ${timeZone} are not known to the Node that runs here, so no image is taken: change ` +
    'the schedule, or run a release that knows them.';
  const dueAt = schedule.nextDueAt ?? now;
  const nextDueAt = new Date(now.getTime() + UNREADABLE_MS);
  const last = await readLastEnded(tx, id);
  if (last?.state === 'FAILED' && last.message === message) return changeSchedule(tx, id, { nextDueAt });
  await changeSchedule(tx, id, { nextDueAt, lastDueAt: dueAt, dueBeforeAt: schedule.lastDueAt });
  await insertRun(tx, {
    id: randomUUID(),
    scheduleId: id,
    dueAt,
    startedAt: now,
    finishedAt: now,
    state: 'FAILED',
    message,
  });
}

/** Writes down what becomes of each time at which a locked schedule is due: the last one runs, or none. */
async function decide(tx: Transaction, schedule: LockedSchedule, now: Date): Promise<void> {
  const recurrence = readRecurrence(schedule.cron, schedule.timeZone);
  if (recurrence === null) return putOff(tx, schedule, now);
  const first = schedule.nextDueAt ?? now;
  const { last, hasEarlier, next } = listDue(recurrence, first, now);
  const newest = last.at(-1);
  if (newest === undefined) {
    await changeSchedule(tx, schedule.id, { nextDueAt: next });
    return;
  }
  const dueBeforeAt = last.at(-2) ?? schedule.lastDueAt;
  await changeSchedule(tx, schedule.id, { nextDueAt: next, lastDueAt: newest, dueBeforeAt });
  const underWay = await readRunUnderWay(tx, schedule.id);
  const reason =
    underWay === null
      ? `It was missed: no worker was at work then. The run that was due at ${newest.toISOString()} makes up for it.`
      : `The run that was due at ${underWay.dueAt.toISOString()} was still under way.`;
  const skipped = underWay === null ? last.slice(0, -1) : last;
  for (const [index, dueAt] of skipped.entries()) {
    const earlier = index === 0 && hasEarlier ? ` So it was at all times from ${first.toISOString()} on.` : '';
    await skip(tx, schedule.id, dueAt, reason + earlier);
  }
  if (underWay === null) await beginRun(tx, schedule, { dueAt: newest, now });
}

/**
 * The times of a locked schedule as they are by the clock that was set back: else it would sleep until that shows again what it
 * showed once, and promise nothing. What was taken at a time that comes again is not taken twice.
 */
async function setBack(tx: Transaction, schedule: LockedSchedule, now: Date): Promise<void> {
  const { cron, timeZone, enabled, nextDueAt, lastDueAt, dueBeforeAt, promisedSince } = schedule;
  const isDue = nextDueAt !== null && nextDueAt <= now;
  // What nobody can tell is due at once, which is told then.
  const recurrence = readRecurrence(cron, timeZone);
  const next = recurrence === null ? now : recurrence.nextAfter(now);
  const pastOrNull = (at: Date | null) => (at !== null && at > now ? null : at);
  await changeSchedule(tx, schedule.id, {
    nextDueAt: isDue || !enabled ? nextDueAt : next,
    lastDueAt: pastOrNull(lastDueAt),
    dueBeforeAt: pastOrNull(lastDueAt) === null ? null : pastOrNull(dueBeforeAt),
    promisedSince: promisedSince > now ? now : promisedSince,
  });
}

type Look = (tx: Transaction, schedule: LockedSchedule, now: Date) => Promise<void>;
type Lock = (tx: Transaction, platform: string, now: Date, except: readonly string[]) => Promise<LockedSchedule | null>;

/** Does this with each schedule that is found, one at a time; one with which it fails is told, and stops no other. */
async function withEach(database: Database, platform: string, log: Logger, lock: Lock, look: Look): Promise<number> {
  const failed: string[] = [];
  for (let done = 0; ; ) {
    let id: string | null = null;
    try {
      await database.transaction(async (tx) => {
        const now = await readClock(tx);
        const schedule = await lock(tx, platform, now, failed);
        id = schedule?.id ?? null;
        if (schedule !== null) await look(tx, schedule, now);
      });
      if (id === null) return done;
      done += 1;
    } catch (error) {
      // Not of one schedule: nothing can be looked at.
      if (id === null || error instanceof AppError) throw error;
      log.error({ err: error, schedule: id }, 'a schedule could not be looked at; the others are');
      failed.push(id);
    }
  }
}

/**
 * Begins what is due on a platform; any number of processes may do so at once. All that becomes of a schedule's times is
 * one transaction: whoever dies in the middle has done nothing. Answers with how many schedules were due.
 */
export async function planDue(database: Database, platformId: string, log: Logger): Promise<number> {
  await withEach(database, platformId, log, lockScheduleAhead, setBack);
  return withEach(database, platformId, log, lockDueSchedule, decide);
}
