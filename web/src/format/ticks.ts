import { formatDay, formatDayAndTime, formatDuration } from './times.ts';

/** A place on a line, from 0 to 1, and what it is called. */
export interface Tick {
  readonly at: number;
  readonly name: string;
}

const MS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const SECONDS = [1, 2, 5, 10, 15, 30].map((count) => count * 1000);
const MINUTES = [1, 2, 5, 10, 15, 30].map((count) => count * 60_000);
const HOURS = [1, 2, 3, 6, 12].map((count) => count * 3600_000);
const DAY_MS = 24 * 3600_000;
const DURATIONS = [...MS, ...SECONDS, ...MINUTES, ...HOURS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS];
/** Spans between days of a calendar; whole months from the first that is one. */
const MONTH_MS = 30 * DAY_MS;
const SPANS = [
  ...HOURS,
  ...[1, 2, 7, 14].map((count) => count * DAY_MS),
  ...[1, 2, 3, 6, 12, 24, 60].map((count) => count * MONTH_MS),
];

const stepOf = (steps: readonly number[], whole: number, most: number) =>
  steps.find((step) => whole / step <= most) ?? Math.ceil(whole / Math.max(1, most));

/** So many round durations at most, from 0 on, and room left for what stands at the end. */
export function durationTicks(whole: number, most: number): readonly Tick[] {
  const step = stepOf(DURATIONS, whole, most);
  const ticks: Tick[] = [{ at: 0, name: '0' }];
  const last = 1 - 1 / (most + 1);
  for (let ms = step; ms / whole <= last; ms += step) ticks.push({ at: ms / whole, name: formatDuration(ms) });
  return ticks;
}

/** How far the names of moments are apart, at least, in what the text is high: with the time of day, and without it. */
const roomOf = (step: number) => (step < DAY_MS ? 10 : 7);

/**
 * Moments that clocks and calendars call by a round name, as many as there is room for, in what the text is high; room is left
 * for now, which stands at the end.
 */
export function momentTicks(from: number, to: number, room: number): readonly Tick[] {
  const whole = to - from;
  const step = SPANS.find((one) => (whole / one) * roomOf(one) <= room);
  if (step === undefined) return [];
  const ticks: Tick[] = [];
  const last = 1 - roomOf(step) / 2 / room - 2 / room;
  const at = new Date(from);
  at.setHours(0, 0, 0, 0);
  if (step >= MONTH_MS) at.setDate(1);
  while ((at.getTime() - from) / whole <= last) {
    const part = (at.getTime() - from) / whole;
    const name = step < DAY_MS ? formatDayAndTime(at.getTime()) : formatDay(at.getTime());
    if (part >= 0) ticks.push({ at: part, name });
    // By the calendar: days of a change of clocks are longer, or shorter, than others.
    if (step >= MONTH_MS) at.setMonth(at.getMonth() + Math.round(step / MONTH_MS));
    else at.setHours(at.getHours() + Math.round(step / 3600_000));
  }
  return ticks;
}
