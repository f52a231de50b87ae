import type { StoredProgress } from '../../../drizzle/tables/shapes.ts';
import type { ProgressReport } from '../../../jobs/workflow/context.ts';
import { storableText } from '../../stores/stored-text.ts';

/** 100 is said by the success of the step alone. */
const ALMOST = 99.9;
/** How long the past weighs in the smoothed rate. */
const MEMORY_SECONDS = 8;
/** What has not moved for so long stands still, and its pace says nothing of its end. */
const STILL_SECONDS = 30;
/** No number grows out of every bound. */
const LONGEST_SECONDS = 30 * 86_400;

/** An estimate needs a part of the whole to go by, or enough time. */
const SHORT_SECONDS = 1;
const SOME = 0.01;
const LONG_SECONDS = 10;

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What a step's reports amount to. */
export interface ProgressTracker {
  /** Takes a report at a moment in milliseconds and answers with how far the step is; the percent never falls. */
  take(report: ProgressReport, at: number): StoredProgress;
  /** What is left to say when the step is begun anew: how far it was, and neither its words nor its pace. */
  again(): StoredProgress | null;
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
      const bytesPerSecond = bytesDone === null ? null : bytes.take(at, bytesDone);
      const percentPerSecond = percent === null ? null : percents.take(at, percent);
      last = {
        percent,
        bytesDone,
        bytesTotal,
        bytesPerSecond: bytesPerSecond === null ? null : Math.round(bytesPerSecond),
        secondsLeft:
          bytesDone !== null && bytesTotal !== null && bytesTotal >= bytesDone
            ? secondsFor(bytesTotal - bytesDone, bytesTotal, bytesPerSecond, bytes.measured(at))
            : percent === null
              ? null
              : secondsFor(100 - percent, 100, percentPerSecond, percents.measured(at)),
        message: messageOf(report, last),
      };
      return last;
    },
    again() {
      bytes.forget();
      percents.forget();
      if (last !== null) last = { ...last, bytesPerSecond: null, secondsLeft: null, message: null };
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

/** What is not said stays, and what is said to be nothing goes. */
function messageOf({ message }: ProgressReport, last: StoredProgress | null): string | null {
  if (message === undefined) return last?.message ?? null;
  return message === null ? null : storableText(message);
}

/** Null until so much was seen of it that its pace means something, and when all is through and it still goes on. */
function secondsFor(left: number, total: number, perSecond: number | null, measured: Measured): number | null {
  if (perSecond === null || perSecond <= 0 || left <= 0 || measured.stillSeconds > STILL_SECONDS) return null;
  const isLong = measured.seconds >= LONG_SECONDS;
  if (!isLong && (measured.seconds < SHORT_SECONDS || measured.value < total * SOME)) return null;
  const seconds = Math.ceil(left / perSecond);
  return seconds > LONGEST_SECONDS ? null : seconds;
}

/** Between the first sample and the last one. */
interface Measured {
  readonly seconds: number;
  readonly value: number;
  /** Since it last moved. */
  readonly stillSeconds: number;
}

/** Units a second, smoothed so that one quick or slow report does not throw it; null until two moments are known. */
function createRate() {
  let first: Sample | null = null;
  let before: Sample | null = null;
  let smoothed: number | null = null;
  let movedAt = 0;
  const take = (at: number, value: number): number | null => {
    if (before === null || value < before.value) {
      // The first sample, or a job that began anew: what was measured before it says nothing about it.
      before = { at, value };
      first = before;
      movedAt = at;
      return smoothed;
    }
    const seconds = (at - before.at) / 1000;
    if (seconds < 0.05) return smoothed;
    if (value > before.value) movedAt = at;
    const now = (value - before.value) / seconds;
    const weight = 1 - Math.exp(-seconds / MEMORY_SECONDS);
    smoothed = smoothed === null ? now : smoothed + weight * (now - smoothed);
    before = { at, value };
    return smoothed;
  };
  return {
    take,
    measured: (at: number): Measured =>
      first === null || before === null
        ? { seconds: 0, value: 0, stillSeconds: 0 }
        : {
            seconds: (at - first.at) / 1000,
            value: before.value - first.value,
            stillSeconds: (at - movedAt) / 1000,
          },
    forget() {
      first = null;
      before = null;
      smoothed = null;
    },
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
