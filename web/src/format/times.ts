const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4 min 10 s`, `350 ms`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${ms < 10 * SECOND ? (Math.floor(ms / 100) / 10).toFixed(1) : Math.floor(ms / SECOND)} s`;
  const [big, small, bigName, smallName] =
    ms < HOUR
      ? [Math.floor(ms / MINUTE), Math.floor((ms % MINUTE) / SECOND), 'min', 's']
      : ms < DAY
        ? [Math.floor(ms / HOUR), Math.floor((ms % HOUR) / MINUTE), 'h', 'min']
        : [Math.floor(ms / DAY), Math.floor((ms % DAY) / HOUR), 'd', 'h'];
  return small === 0 ? `${big} ${bigName}` : `${big} ${bigName} ${small} ${smallName}`;
}

/** `about 3 min`, for what is an estimate. */
export function formatSecondsLeft(seconds: number): string {
  return seconds < 60
    ? `${Math.max(1, Math.round(seconds))} s`
    : `about ${formatDuration(Math.round(seconds / 60) * MINUTE)}`;
}

/** `3 min ago`, `in 2 h`, `just now`. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5 * SECOND) return 'just now';
  const [amount, unit] =
    distance < MINUTE
      ? [Math.floor(distance / SECOND), 's']
      : distance < HOUR
        ? [Math.floor(distance / MINUTE), 'min']
        : distance < 2 * DAY
          ? [Math.floor(distance / HOUR), 'h']
          : [Math.floor(distance / DAY), 'days'];
  return at <= now ? `${amount} ${unit} ago` : `in ${amount} ${unit}`;
}

const EXACT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const LOG_TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const DAY_ONLY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** With the name of the zone. */
export const formatExact = (at: number) => EXACT.format(at);
export const formatClock = (at: number) => CLOCK.format(at);
/** `03:12:00.042`. */
export const formatLogTime = (at: number) => LOG_TIME.format(at);
export const formatDayAndTime = (at: number) => DAY_AND_TIME.format(at);
export const formatDay = (at: number) => DAY_ONLY.format(at);
