import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../jobs/ports/transaction.ts';
import { createRecurrence, type Recurrence } from '../../schema/rules/recurrence.ts';
import type { Database } from '../db/database.ts';
import { beginRun, insertRun, readRunUnderWay } from '../stores/schedules/runs.ts';
import {
  changeSchedule,
  type LockedSchedule,
  lockDueSchedule,
  lockScheduleAhead,
  readClock,
} from '../stores/schedules/writes.ts';

/** So many missed times are written down one by one; of an outage of weeks no more can be read. */
const MISSED_KEPT = 100;

/** The times that are due, the last so many of them, and how many there were. */
export interface DueTimes {
  readonly last: readonly Date[];
  readonly count: number;
  /** The first that is not due yet. */
  readonly next: Date | null;
}

/** All times from `first` on that are not after `now`. */
export function listDue(recurrence: Recurrence, first: Date, now: Date, keep = MISSED_KEPT + 1): DueTimes {
  const last: Date[] = [];
  let count = 0;
  let at: Date | null = first;
  for (; at !== null && at <= now; at = recurrence.nextAfter(at)) {
    count += 1;
    last.push(at);
    if (last.length > keep) last.shift();
  }
  return { last, count, next: at };
}

async function skip(tx: Transaction, scheduleId: string, dueAt: Date, message: string): Promise<void> {
  const run = { id: randomUUID(), scheduleId, dueAt, startedAt: null, finishedAt: dueAt, state: 'SKIPPED' as const };
  await insertRun(tx, { ...run, message });
}

/** Writes down what becomes of each time at which a locked schedule is due: the last one runs, or none. */
async function decide(tx: Transaction, schedule: LockedSchedule, now: Date): Promise<void> {
  const recurrence = createRecurrence(schedule.cron, schedule.timeZone);
  const { last, count, next } = listDue(recurrence, schedule.nextDueAt ?? now, now);
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
    const earlier = index === 0 && count > last.length ? ` So it was ${count - last.length} times before that.` : '';
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
  const pastOrNull = (at: Date | null) => (at !== null && at > now ? null : at);
  await changeSchedule(tx, schedule.id, {
    nextDueAt: isDue || !enabled ? nextDueAt : createRecurrence(cron, timeZone).nextAfter(now),
    lastDueAt: pastOrNull(lastDueAt),
    dueBeforeAt: pastOrNull(lastDueAt) === null ? null : pastOrNull(dueBeforeAt),
    promisedSince: promisedSince > now ? now : promisedSince,
  });
}

/**
 * Begins what is due on a platform; any number of processes may do so at once. All that becomes of a schedule's times is
 * one transaction: whoever dies in the middle has done nothing. Answers with how many schedules were due.
 */
export async function planDue(database: Database, platformId: string): Promise<number> {
  const wereAhead = () =>
    database.transaction(async (tx) => {
      const now = await readClock(tx);
      const schedule = await lockScheduleAhead(tx, platformId, now);
      if (schedule !== null) await setBack(tx, schedule, now);
      return schedule !== null;
    });
  while (await wereAhead());
  for (let planned = 0; ; planned++) {
    const wasDue = await database.transaction(async (tx) => {
      const now = await readClock(tx);
      const schedule = await lockDueSchedule(tx, platformId, now);
      if (schedule === null) return false;
      await decide(tx, schedule, now);
      return true;
    });
    if (!wasDue) return planned;
  }
}
