import type { StoredProgress } from '../../../drizzle/tables/shapes.ts';
import type { ProgressReport } from '../../../jobs/workflow/context.ts';
import { storableText } from '../../stores/stored-text.ts';

/** 100 is said by the success of the step alone. */
const ALMOST = 99.9;
/** How long the past weighs in the smoothed rate. */
const MEMORY_SECONDS = 8;
/** What would take longer stands still: nothing is said of its end, and no number grows out of every bound. */
const LONGEST_SECONDS = 30 * 86_400;

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What a step's reports amount to. */
export interface ProgressTracker {
  /** Takes a report at a moment in milliseconds and answers with how far the step is; the percent never falls. */
  take(report: ProgressReport, at: number): StoredProgress;
  /** How far it is after success: exactly 100, and all bytes done; null for a step that never reported. */
  finish(): StoredProgress | null;
  readonly last: StoredProgress | null;
}

/** Goes on from what an earlier attempt reached. */
export function createProgressTracker(earlier: StoredProgress | null): ProgressTracker {
  let last = earlier;
  const bytes = createRate();
  const percents = createRate();
  return {
    get last() {
      return last;
    },
    take(report, at) {
      const bytesDone = amount(report.bytesDone) ?? last?.bytesDone ?? null;
      const bytesTotal = amount(report.bytesTotal) ?? last?.bytesTotal ?? null;
      const percent = furthest(last?.percent ?? null, percentOf(report, bytesDone, bytesTotal));
      const bytesPerSecond = bytesDone === null ? null : bytes(at, bytesDone);
      const percentPerSecond = percent === null ? null : percents(at, percent);
      last = {
        percent,
        bytesDone,
        bytesTotal,
        bytesPerSecond: bytesPerSecond === null ? null : Math.round(bytesPerSecond),
        secondsLeft:
          bytesDone !== null && bytesTotal !== null && bytesTotal >= bytesDone
            ? secondsFor(bytesTotal - bytesDone, bytesPerSecond)
            : percent === null
              ? null
              : secondsFor(100 - percent, percentPerSecond),
        message: report.message == null ? (last?.message ?? null) : storableText(report.message),
      };
      return last;
    },
    finish() {
      if (last === null) return null;
      last = { ...last, percent: 100, bytesDone: last.bytesTotal ?? last.bytesDone, secondsLeft: 0 };
      return last;
    },
  };
}

function percentOf(report: ProgressReport, bytesDone: number | null, bytesTotal: number | null): number | null {
  const told = report.percent ?? null;
  if (told !== null && Number.isFinite(told)) return Math.min(ALMOST, Math.max(0, round(told)));
  if (bytesDone === null || bytesTotal === null) return null;
  return bytesTotal === 0 ? ALMOST : Math.min(ALMOST, round((100 * bytesDone) / bytesTotal));
}

const furthest = (before: number | null, now: number | null) => (now === null ? before : Math.max(before ?? 0, now));
const amount = (value: number | null | undefined) =>
  value == null || !Number.isFinite(value) || value < 0 ? null : Math.round(value);
const round = (value: number) => Math.round(value * 100) / 100;

function secondsFor(left: number, perSecond: number | null): number | null {
  if (perSecond === null || perSecond <= 0) return null;
  const seconds = Math.ceil(left / perSecond);
  return seconds > LONGEST_SECONDS ? null : seconds;
}

/** Units a second, smoothed so that one quick or slow report does not throw it; null until two moments are known. */
function createRate(): (at: number, value: number) => number | null {
  let before: Sample | null = null;
  let smoothed: number | null = null;
  return (at, value) => {
    if (before === null || value < before.value) {
      // The first sample, or a job that began anew: what was measured before it says nothing about it.
      before = { at, value };
      return smoothed;
    }
    const seconds = (at - before.at) / 1000;
    if (seconds < 0.05) return smoothed;
    const now = (value - before.value) / seconds;
    const weight = 1 - Math.exp(-seconds / MEMORY_SECONDS);
    smoothed = smoothed === null ? now : smoothed + weight * (now - smoothed);
    before = { at, value };
    return smoothed;
  };
}

/** The operation's percent: each step's share by its weight. */
export function percentOfRun(
  steps: readonly { readonly weight: number; readonly state: string; readonly progress: StoredProgress | null }[],
): number {
  let total = 0;
  let done = 0;
  for (const step of steps) {
    total += step.weight;
    const share = step.state === 'SUCCEEDED' ? 100 : step.state === 'RUNNING' ? (step.progress?.percent ?? 0) : 0;
    done += step.weight * share;
  }
  return total === 0 ? 0 : round(done / total);
}
