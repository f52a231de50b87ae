import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecurrence, listNext } from '../../../../schema/rules/recurrence.ts';
import { readTimeZone } from '../../../../schema/rules/time-zones.ts';

/** The next moments in UTC, to the minute. */
function next(cron: string, timeZone: string, after: string, count = 3): string[] {
  const moments = listNext(createRecurrence(cron, timeZone), new Date(after), count);
  return moments.map((moment) => moment.toISOString().replace(':00.000Z', 'Z'));
}

const DAY = 86_400_000;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Pacific/Apia',
];

describe('a recurrence', () => {
  it('is of the time zone, whose offset changes with the season', () => {
    expect(next('0 3 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z')).toEqual([
      '2026-03-28T02:00Z',
      '2026-03-29T01:00Z',
      '2026-03-30T01:00Z',
    ]);
  });

  it('comes once, at the end of the gap, for a time that the clock leaves out', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ]);
    expect(next('*/20 2 * * *', 'Europe/Berlin', '2026-03-29T00:59:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:00Z',
    ]);
    expect(next('30 2,3 * * *', 'America/New_York', '2026-03-08T06:00:00Z')).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-08T07:30Z',
      '2026-03-09T06:30Z',
    ]);
  });

  it('comes once, the first time, for a time that the clock shows twice', () => {
    expect(next('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z')).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
      '2026-11-03T06:30Z',
    ]);
    // Asked for between the two.
    expect(next('30 1 * * *', 'America/New_York', '2026-11-01T06:10:00Z', 1)).toEqual(['2026-11-02T06:30Z']);
  });

  it('of every hour goes by the time that passes', () => {
    expect(next('30 * * * *', 'America/New_York', '2026-11-01T04:40:00Z')).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-01T06:30Z',
      '2026-11-01T07:30Z',
    ]);
    expect(next('30 * * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z')).toEqual([
      '2026-03-29T00:30Z',
      '2026-03-29T01:30Z',
      '2026-03-29T02:30Z',
    ]);
    expect(next('*/30 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:20:00Z')).toEqual([
      '2026-04-04T14:30Z',
      '2026-04-04T15:00Z',
      '2026-04-04T15:30Z',
    ]);
  });

  it('knows leap days, and days of the week by either number', () => {
    expect(next('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2)).toEqual(['2028-02-29T00:00Z', '2032-02-29T00:00Z']);
    expect(next('0 3 * * 7', 'UTC', '2026-10-01T00:00:00Z', 1)).toEqual(
      next('0 3 * * sun', 'UTC', '2026-10-01T00:00:00Z', 1),
    );
  });

  it('is the same from whichever moment it is asked for, and comes on every day exactly once', () => {
    const zone = fc.constantFrom(...ZONES);
    const minute = fc.integer({ min: 0, max: 59 });
    const hour = fc.integer({ min: 0, max: 23 });
    const start = fc.date({ min: new Date('2025-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(zone, minute, hour, start, fc.double({ min: 0, max: 1, noNaN: true }), (tz, m, h, from, share) => {
        const recurrence = createRecurrence(`${m} ${h} * * *`, tz);
        const walls = readTimeZone(tz);
        const moments = listNext(recurrence, from, 40);
        const days = moments.map((moment) => Math.floor((walls?.wallAt(moment.getTime()) ?? 0) / DAY));
        for (const [index, day] of days.entries()) if (index > 0) expect(day).toBe((days[index - 1] ?? 0) + 1);
        const [first, second] = [moments[10], moments[11]];
        if (first === undefined || second === undefined) throw new Error('there are fewer than asked for');
        const between = new Date(first.getTime() + Math.floor(share * (second.getTime() - first.getTime() - 1)));
        expect(recurrence.nextAfter(between)).toEqual(second);
      }),
      { numRuns: 60 },
    );
  });

  it('of every hour has an hour between any two of its moments', () => {
    for (const tz of ZONES.filter((one) => one !== 'Australia/Lord_Howe')) {
      for (const from of [
        '2026-02-13T00:00:00Z',
        '2026-03-07T00:00:00Z',
        '2026-03-28T00:00:00Z',
        '2026-10-24T00:00:00Z',
      ]) {
        const moments = listNext(createRecurrence('7 * * * *', tz), new Date(from), 300);
        const gaps = new Set(
          moments.slice(1).map((moment, index) => moment.getTime() - (moments[index]?.getTime() ?? 0)),
        );
        expect([...gaps]).toEqual([3_600_000]);
      }
    }
  });
});
