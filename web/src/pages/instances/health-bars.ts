import { formatCount, formatNumberOf } from '../../format/numbers.ts';
import { formatDuration, formatExact } from '../../format/times.ts';
import { apart } from '../../format/words.ts';
import type { InstanceHealthQuery } from '../../generated/graphql.ts';
import { topOfScale } from './latency-scale.ts';

type Health = NonNullable<InstanceHealthQuery['instance']>;
type Check = Health['healthChecks'][number];
type Day = Pick<Health['healthDay'], 'checks' | 'healthy' | 'latencyMs' | 'slowestMs'>;
type Period = Health['healthDay']['periods'][number];

/** A bar of a chart; `left` and `width` are shares of its width, `share` is of the height: more than 1 is beyond the scale. */
export interface HealthBar {
  readonly key: string;
  readonly tone: 'good' | 'bad' | 'idle';
  readonly left: number;
  readonly width: number;
  readonly share: number;
  readonly says: string;
}

/** Bars, and what the height of the chart stands for. */
export interface HealthBars {
  readonly topMs: number;
  readonly bars: readonly HealthBar[];
}

/** Fewer checks than these leave the left empty: a bar is never as wide as the chart. */
const FEWEST = 48;
const DAY_MS = 24 * 3600_000;
const QUARTER_MS = 900_000;

/** A bar for each check, as high as the answer was late. `checks`: the newest first. */
export function barsOfChecks(checks: readonly Check[]): HealthBars {
  const topMs = topOfScale(checks.flatMap(({ latencyMs }) => latencyMs ?? []));
  const places = Math.max(checks.length, FEWEST);
  const bars = checks.map(({ at, status, latencyMs, message }, index): HealthBar => {
    const isUp = status === 'HEALTHY';
    return {
      key: at,
      tone: isUp ? 'good' : status === 'UNKNOWN' ? 'idle' : 'bad',
      left: (places - 1 - index) / places,
      width: 1 / places,
      share: (latencyMs ?? 0) / topMs,
      says: `${formatExact(Date.parse(at))}: ${isUp ? formatDuration(latencyMs ?? 0) : apart(message ?? status.toLowerCase())}`,
    };
  });
  return { topMs, bars };
}

/** A bar for each quarter of an hour in its place of the day that ends `now`, as high as the latest answer was late. */
export function barsOfDay(periods: readonly Period[], now: number): HealthBars {
  const topMs = topOfScale(periods.flatMap(({ slowestMs }) => slowestMs ?? []));
  const begin = now - DAY_MS;
  const bars = periods.flatMap(({ from, checks, healthy, slowestMs, message }): HealthBar[] => {
    const at = Date.parse(from);
    const left = Math.max(0, (at - begin) / DAY_MS);
    const width = Math.min(1, (at + QUARTER_MS - begin) / DAY_MS) - left;
    if (width <= 0) return [];
    const isUp = healthy === checks;
    const latency = slowestMs == null ? '' : `, ${formatDuration(slowestMs)} at most`;
    const says = isUp
      ? `healthy${latency}`
      : `${shareOf(healthy, checks)} healthy: ${apart(message ?? 'not known why')}`;
    return [
      {
        key: from,
        tone: isUp ? 'good' : 'bad',
        left,
        width,
        share: (slowestMs ?? 0) / topMs,
        says: `${formatExact(at)}: ${says}`,
      },
    ];
  });
  return { topMs, bars };
}

/** What some bars of a chart stand for; nothing where all of them are usual. */
export function sayBars(bars: readonly HealthBar[]): string {
  return [
    bars.some(({ tone }) => tone === 'bad') ? 'Red: a check failed.' : '',
    bars.some(({ tone, share }) => tone !== 'bad' && share > 1) ? 'A bar that is cut through is beyond the scale.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

const shareOf = (part: number, whole: number) => `${formatCount(part)} of ${formatNumberOf(whole, 'check')}`;

/** A part of all checks is never said as all of them. */
function sayShare(part: number, whole: number): string {
  if (part === whole) return whole === 1 ? 'The one check was' : `All of ${formatCount(whole)} checks were`;
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} % of ${formatNumberOf(whole, 'check')} were`;
}

/** What a day was like, in words. */
export function sayDay({ checks, healthy, latencyMs, slowestMs }: Day): string {
  const found = `${sayShare(healthy, checks)} healthy`;
  return latencyMs == null || slowestMs == null
    ? `${found}.`
    : `${found}; an answer usually took ${formatDuration(latencyMs)}, ${formatDuration(slowestMs)} at most.`;
}

export function sayChecks(checks: readonly Check[]): string {
  const healthy = checks.filter(({ status }) => status === 'HEALTHY');
  const latencies = healthy.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
  return sayDay({
    checks: checks.length,
    healthy: healthy.length,
    latencyMs: latencies[Math.floor(latencies.length / 2)] ?? null,
    slowestMs: latencies.at(-1) ?? null,
  });
}
