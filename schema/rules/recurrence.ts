import { CronExpressionParser } from 'cron-parser';
import { readTimeZone, type TimeZone } from './time-zones.ts';

/** The moments that a cron expression names in a time zone. */
export interface Recurrence {
  /** The first moment after this one; null when there is none. */
  nextAfter(moment: Date): Date | null;
}

const MINUTE = 60_000;

/** The next minute that the fields name on a clock that is never set; null when there is none. */
function nextWall(cron: string, wall: number): number | null {
  try {
    return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(wall) })
      .next()
      .getTime();
  } catch {
    return null;
  }
}

/** Whether the expression names every hour, so that it goes by time that passes and not by the clock. */
function namesEveryHour(cron: string): boolean {
  return CronExpressionParser.parse(cron, { tz: 'UTC' }).fields.hour.values.length === 24;
}

/** Every time on the clock once: what the clock shows twice the first time, what it leaves out at the end of the gap. */
function nextOnClock(cron: string, zone: TimeZone, moment: number): number | null {
  for (let wall: number | null = zone.wallAt(moment); ; ) {
    wall = nextWall(cron, wall);
    if (wall === null) return null;
    const instant = zone.instantOf(wall);
    if (instant > moment) return instant;
  }
}

/** Every minute that passes and is named, also those of an hour that the clock shows twice. */
function nextInTime(cron: string, zone: TimeZone, moment: number): number | null {
  const shown = zone.wallAt(moment);
  const wall = nextWall(cron, shown);
  if (wall === null) return null;
  const offset = shown - Math.floor(moment / MINUTE) * MINUTE;
  const change = zone.changeBetween(moment, wall - offset);
  if (change === null) return wall - offset;
  const after = zone.wallAt(change);
  const first = nextWall(cron, after - MINUTE);
  return first === null ? null : first - (after - change);
}

/**
 * The recurrence of five fields of cron in a time zone. Nothing comes twice and nothing is left out when clocks are set:
 * a time that a clock shows twice comes the first time only, and one that it leaves out comes at the end of the gap. An
 * expression that names every hour goes by the time that passes. Throws for what `checkCron` and `checkTimeZone` refuse.
 */
export function createRecurrence(cron: string, timeZone: string): Recurrence {
  const zone = readTimeZone(timeZone);
  if (zone === null) throw new Error(`there is no time zone ${timeZone}`);
  const next = namesEveryHour(cron) ? nextInTime : nextOnClock;
  return {
    nextAfter(moment) {
      const instant = next(cron, zone, moment.getTime());
      return instant === null ? null : new Date(instant);
    },
  };
}

/**
 * The recurrence of what is stored; null where this process cannot tell its times: what another one took, with newer time zones
 * or another reader of cron, may mean nothing here.
 */
export function readRecurrence(cron: string, timeZone: string): Recurrence | null {
  try {
    return createRecurrence(cron, timeZone);
  } catch {
    return null;
  }
}

/** The next so many moments after this one, in their order. */
export function listNext(recurrence: Recurrence, after: Date, count: number): Date[] {
  const moments: Date[] = [];
  for (let at = recurrence.nextAfter(after); at !== null && moments.length < count; at = recurrence.nextAfter(at)) {
    moments.push(at);
  }
  return moments;
}
