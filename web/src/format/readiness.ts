import { formatDuration, formatRelative } from './times.ts';

export interface ReadinessShown {
  readonly status: string;
  readonly reasons: readonly string[];
  readonly dataAgeSeconds?: number | null | undefined;
  readonly recoverySeconds?: number | null | undefined;
  readonly newestImage?: { readonly name: string; readonly takenAt?: string | null | undefined } | null | undefined;
  readonly lastVerdict?: { readonly state: string; readonly finishedAt?: string | null | undefined } | null | undefined;
}

const TO_THE_MINUTE = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });
const WITH_DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** What an instance can be brought back to, how that is known, and why it cannot: the first thing that is said of it. */
export function sayReadiness(readiness: ReadinessShown, now: number): string {
  const { newestImage, lastVerdict, recoverySeconds, reasons } = readiness;
  if (!newestImage) return reasons[0] ?? 'It cannot be brought back: there is no image of it.';
  const taken = newestImage.takenAt ? Date.parse(newestImage.takenAt) : null;
  const words =
    taken === null
      ? `the image ${newestImage.name}`
      : (now - taken < 6 * 24 * 3600_000 ? TO_THE_MINUTE : WITH_DATE).format(taken);
  const proven =
    lastVerdict?.state === 'PASSED' && lastVerdict.finishedAt
      ? `, proven ${formatRelative(Date.parse(lastVerdict.finishedAt), now)}`
      : '';
  const took = recoverySeconds ? ` in ${formatDuration(recoverySeconds * 1000)}` : '';
  const why = reasons.length === 0 ? '' : ` ${reasons.join(' ')}`;
  return `Can be brought back to ${words}${proven}${proven === '' ? '' : took}.${why}`;
}
