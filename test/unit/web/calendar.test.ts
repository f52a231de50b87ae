import { describe, expect, it } from 'vitest';
import { buildCalendar, knownZone } from '../../../web/src/pages/schedules/calendar.ts';

describe('the calendar of a schedule', () => {
  it('shows times on the days that the clocks of the zone have then, in weeks from Monday on', () => {
    const now = Date.UTC(2027, 0, 6, 12);
    const [week] = buildCalendar(['2027-01-06T23:30:00Z', '2027-01-07T02:00:00Z'], 'Europe/Berlin', now, 1);
    expect(week?.[0]?.date).toBe('2027-01-04');
    expect(week?.filter(({ times }) => times.length > 0)).toEqual([{ date: '2027-01-07', times: ['00:30', '03:00'] }]);
  });

  it('is in UTC where the zone is younger than the browser', () => {
    expect([knownZone('Europe/Berlin'), knownZone('Mars/Olympus_Mons')]).toEqual(['Europe/Berlin', 'UTC']);
    expect(() => buildCalendar([], knownZone('Mars/Olympus_Mons'), Date.now())).not.toThrow();
  });
});
