const DAY_MS = 86_400_000;

/** A day on a calendar, with the times at which something is due in it. */
export interface CalendarDay {
  /** `2027-01-31`. */
  readonly date: string;
  readonly times: readonly string[];
}

/** The zone, or UTC where this browser does not know it: zones are younger than some browsers. */
export function knownZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone });
    return timeZone;
  } catch {
    return 'UTC';
  }
}

function partsIn(timeZone: string): (at: number) => { readonly date: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
  };
}

/** Whole weeks from Monday on, beginning with this one, with times as the clocks of the zone show them. */
export function buildCalendar(
  times: readonly string[],
  timeZone: string,
  now: number,
  weeks = 4,
): readonly (readonly CalendarDay[])[] {
  const partsOf = partsIn(timeZone);
  const byDate = new Map<string, string[]>();
  for (const at of times) {
    const { date, time } = partsOf(Date.parse(at));
    byDate.set(date, [...(byDate.get(date) ?? []), time]);
  }
  const today = Date.parse(`${partsOf(now).date}T00:00:00Z`);
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => {
      const date = new Date(monday + (week * 7 + day) * DAY_MS).toISOString().slice(0, 10);
      return { date, times: byDate.get(date) ?? [] };
    }),
  );
}
