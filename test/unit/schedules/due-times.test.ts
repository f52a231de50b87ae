import { describe, expect, it } from 'vitest';
import { createRecurrence, type Recurrence } from '../../../schema/rules/recurrence.ts';
import { listDue } from '../../../src/schedules/due-times.ts';

const NOW = new Date('2026-06-15T12:00:30Z');
const iso = (times: readonly Date[]) => times.map((at) => at.toISOString());

/** A recurrence that counts how often it was asked. */
function counted(cron: string, timeZone: string): { readonly recurrence: Recurrence; asked(): number } {
  const inner = createRecurrence(cron, timeZone);
  let asked = 0;
  const nextAfter = (moment: Date) => {
    asked += 1;
    return inner.nextAfter(moment);
  };
  return { recurrence: { nextAfter }, asked: () => asked };
}

describe('the times that are due', () => {
  it('are the last so many of a year of minutes, found without walking through it', () => {
    const { recurrence, asked } = counted('* * * * *', 'UTC');
    const due = listDue(recurrence, new Date('2025-06-15T12:00:00Z'), NOW, 101);
    expect(due.last).toHaveLength(101);
    expect(iso(due.last.slice(0, 1))).toEqual(['2026-06-15T10:20:00.000Z']);
    expect(iso(due.last.slice(-1))).toEqual(['2026-06-15T12:00:00.000Z']);
    expect(due).toMatchObject({ hasEarlier: true, next: new Date('2026-06-15T12:01:00Z') });
    expect(asked()).toBeLessThan(5000);
  });

  it.each([
    ['*/7 * * * *', 'Europe/Berlin', '2026-03-27T01:00:00Z'],
    ['* 1 * * *', 'America/New_York', '2025-10-20T05:00:00Z'],
    ['* 0 1 1 *', 'UTC', '2020-01-01T00:00:00Z'],
    ['30 2 * * 0', 'Australia/Lord_Howe', '2010-01-02T15:30:00Z'],
  ])('of %s in %s are those that a walk through all of them ends with', (cron, zone, from) => {
    const recurrence = createRecurrence(cron, zone);
    const first = recurrence.nextAfter(new Date(from)) as Date;
    const all: Date[] = [];
    let at: Date | null = first;
    for (; at !== null && at <= NOW; at = recurrence.nextAfter(at)) all.push(at);
    const due = listDue(recurrence, first, NOW, 20);
    expect(all.length).toBeGreaterThan(20);
    expect(iso(due.last)).toEqual(iso(all.slice(-20)));
    expect(due).toMatchObject({ hasEarlier: true, next: at });
  });

  it('are all of them where they are few, and none before the first', () => {
    const daily = createRecurrence('0 3 * * *', 'UTC');
    const first = new Date('2026-06-14T03:00:00Z');
    const last = [first, new Date('2026-06-15T03:00:00Z')];
    expect(listDue(daily, first, NOW)).toEqual({ last, hasEarlier: false, next: new Date('2026-06-16T03:00:00Z') });
    expect(listDue(daily, first, NOW, 2)).toMatchObject({ last, hasEarlier: false });
    expect(listDue(daily, new Date('2026-06-16T03:00:00Z'), NOW)).toMatchObject({ last: [], hasEarlier: false });
  });
});
