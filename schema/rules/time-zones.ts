/** A time zone of the IANA database, as a clock on its walls tells the time. */
export interface TimeZone {
  /** What the clock shows at a moment, as if it were UTC. In milliseconds, seconds cut off. */
  wallAt(instant: number): number;
  /** When the clock shows that: the first time where it does so twice, the end of the gap where it never does. */
  instantOf(wall: number): number;
  /** The first moment after `from`, up to `to`, from which on the clock is set otherwise; null when it stays as it is. */
  changeBetween(from: number, to: number): number | null;
}

const MINUTE = 60_000;
/** More than any zone was ever set forward or back, days that were left out included. */
const LARGEST_CHANGE = 26 * 60 * MINUTE;
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;
const zones = new Map<string, TimeZone | null>();
const KEPT_MAX = 1000;

/** The zone of a name of the IANA database; null for what is none. Offsets such as "+02:00" are no zones. */
export function readTimeZone(name: string): TimeZone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = openTimeZone(name);
  // Names come from callers: those that are none must not pile up.
  if (zones.size >= KEPT_MAX) zones.clear();
  zones.set(name, zone);
  return zone;
}

function openTimeZone(name: string): TimeZone | null {
  const format = NAME.test(name) ? readFormat(name) : null;
  if (format === null) return null;

  function wallAt(instant: number): number {
    const part = { year: 0, month: 1, day: 1, hour: 0, minute: 0 };
    for (const { type, value } of format?.formatToParts(instant) ?? []) {
      if (type in part) part[type as keyof typeof part] = Number(value);
    }
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
  }
  const offsetAt = (instant: number) => wallAt(instant) - floorMinute(instant);

  function changeBetween(from: number, to: number): number | null {
    const [before, after] = [offsetAt(from), offsetAt(to)];
    if (before === after) return null;
    let [low, high] = [floorMinute(from), floorMinute(to)];
    while (high - low > MINUTE) {
      const middle = floorMinute((low + high) / 2);
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }

  function instantOf(wall: number): number {
    const offsets = [offsetAt(wall - LARGEST_CHANGE), offsetAt(wall + LARGEST_CHANGE)];
    const shown = offsets.map((offset) => wall - offset).filter((instant) => wallAt(instant) === floorMinute(wall));
    if (shown.length > 0) return Math.min(...shown);
    const [before = 0, after = 0] = offsets;
    return changeBetween(wall - after - MINUTE, wall - before) ?? wall - before;
  }

  return { wallAt, instantOf, changeBetween };
}

function floorMinute(instant: number): number {
  return Math.floor(instant / MINUTE) * MINUTE;
}

function readFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  } catch {
    return null;
  }
}
