import type { Poll, ProgressReport, StepOptions, StepScope } from '../../../jobs/workflow/context.ts';
import { AppError, isRetryable } from '../../../schema/errors.ts';
import { isDatabaseUnavailable } from '../../db/errors.ts';
import { writeStep } from '../../stores/runs/steps.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import { pause } from '../../waiting/pause.ts';
import { describeFailure } from '../failure.ts';
import { Interrupted } from '../runs/run-control.ts';
import type { EngineDeps, RunInHand, StepInHand } from '../runs/run-in-hand.ts';
import { changeStep } from '../runs/run-records.ts';
import { runAttempt } from './attempt.ts';
import { createProgressTracker, percentOfRun } from './progress.ts';
import { createProgressReporter } from './progress-reporter.ts';

const DEFAULTS = { attempts: 5, delayMs: 1000, maxDelayMs: 30_000 } as const;
/** The first waits of a step are an eighth of its age, so that a short one is not made long by being looked at. */
const SOONEST_MS = 50;
const SHARE_OF_AGE = 1 / 8;
const OUTAGE = { delayMs: 200, maxDelayMs: 5000 };
const PROGRESS_INTERVAL_MS = 1000;
/** Far above what retries and restarts come to: a step that ends its worker every time must not go on for ever. */
const BEGINNINGS_AT_MOST = 500;

/** How one kind of step is done. */
export interface Doing<T> {
  readonly look: (scope: StepScope) => Promise<Poll<T>>;
  /** Records the success; a `commit` has done so in its look. */
  readonly conclude: ((value: T) => Promise<void>) | null;
  /** How long one look may take; null for a commit, which may wait for the database. */
  readonly lookMs: number | null;
  /** How long looking may go on in all; then the step has failed for good. */
  readonly wholeMs: number | null;
  /** The longest wait between two looks. */
  readonly intervalMs: number;
  /** Ends the wait between two looks, once. */
  readonly sooner: ((signal: AbortSignal) => Promise<void>) | null;
}

/**
 * Looks until the step is done, with new attempts while its error may pass. Each look holds a slot, no wait does. Throws
 * the last error when the step has failed, Interrupted when it is to go on no longer here.
 */
export async function perform<T>(
  deps: EngineDeps,
  run: RunInHand,
  step: StepInHand,
  options: StepOptions,
  doing: Doing<T>,
): Promise<T> {
  const phase = run.control.forward;
  const tracker = createProgressTracker(step.progress);
  const reporter = createProgressReporter<void>(PROGRESS_INTERVAL_MS, () => writeProgress(deps, run, step));
  const report = (progress: ProgressReport) => {
    const before = JSON.stringify(step.progress);
    step.progress = tracker.take(progress, performance.now());
    if (JSON.stringify(step.progress) !== before) reporter.report();
  };
  const wait = async (ms: number, signal: AbortSignal = phase.halted) => {
    run.onParked(true);
    await pause(ms, signal);
    run.onParked(false);
  };
  const over = new AbortController();
  const hint = new AbortController();
  const haltedOrHinted = AbortSignal.any([phase.halted, hint.signal]);
  const backoff = {
    delayMs: options.delayMs ?? DEFAULTS.delayMs,
    maxDelayMs: options.maxDelayMs ?? DEFAULTS.maxDelayMs,
  };
  const startedAt = performance.now();
  const limits = {
    timeoutMs: doing.lookMs,
    timeoutError: () =>
      new AppError('UNAVAILABLE', `The step "${step.name}" took longer than ${span(doing.lookMs ?? 0)}.`),
    settleMs: deps.settleMs,
    onLeftBehind: (work: Promise<void>) => {
      run.leftBehind.add(work);
      work.finally(() => run.leftBehind.delete(work));
    },
  };
  const oneLook = async (): Promise<Poll<T>> => {
    const release = await deps.slots.take(phase.halted);
    try {
      phase.check();
      if (!begun) {
        const attempt = step.attempt + 1;
        if (attempt > BEGINNINGS_AT_MOST) throw neverEnds(step);
        await changeStep(deps, run, step, { kind: 'begin', attempt, progress: tracker.again(), failure: null });
        begun = true;
      }
      return await runAttempt(phase, limits, (signal) => doing.look({ attempt: step.attempt, signal, report }));
    } finally {
      release?.();
    }
  };

  let begun = false;
  let isHinted = false;
  doing.sooner?.(over.signal).then(() => {
    isHinted = true;
    hint.abort();
  });
  try {
    for (let failures = 0, outages = 0; ; ) {
      phase.check();
      try {
        const found = await oneLook();
        failures = 0;
        outages = 0;
        if ('done' in found) {
          await reporter.close();
          await doing.conclude?.(found.done);
          return found.done;
        }
        if (found.progress !== null) report(found.progress);
        const leftMs =
          doing.wholeMs === null ? Number.POSITIVE_INFINITY : startedAt + doing.wholeMs - performance.now();
        if (leftMs <= 0) throw tooLong(step, doing.wholeMs ?? 0);
        const soon = Math.max(SOONEST_MS, (performance.now() - startedAt) * SHARE_OF_AGE);
        const waitMs = isHinted ? 0 : Math.min(doing.intervalMs, soon, leftMs);
        isHinted = false;
        await wait(waitMs, hint.signal.aborted ? phase.halted : haltedOrHinted);
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        if (isDatabaseUnavailable(error)) {
          // Nothing is known against the step: it is only our own records that do not answer.
          outages += 1;
          await wait(backoffMs(outages, OUTAGE));
          continue;
        }
        failures += 1;
        if (!isRetryable(error) || failures >= (options.attempts ?? DEFAULTS.attempts)) throw error;
        const failure = describeFailure(error, { operationId: run.by.id, step: step.name }, deps.log);
        await reporter.drain();
        const { attempt, progress } = step;
        await changeStep(deps, run, step, { kind: 'report', attempt, progress, failure });
        begun = false;
        await wait(backoffMs(failures, backoff));
      }
    }
  } finally {
    over.abort();
    await reporter.close();
  }
}

async function writeProgress(deps: EngineDeps, run: RunInHand, step: StepInHand): Promise<void> {
  const { position, attempt, progress } = step;
  const percent = percentOfRun(run.steps);
  try {
    const write = { kind: 'report', position, attempt, progress, failure: null, percent } as const;
    const outcome = await writeStep(deps.database, run.by, write);
    if (outcome.kind === 'superseded') run.control.supersede();
    else if (outcome.kind === 'cancelling' || outcome.state === 'CANCELLING') run.control.cancel();
    else run.sequence = Math.max(run.sequence, outcome.sequence);
    if (outcome.kind === 'written') deps.teller.tell(run.by.id, outcome.sequence);
  } catch (error) {
    // The next report says it anew; only what is no outage is worth a line.
    if (!isDatabaseUnavailable(error)) deps.log.warn({ operationId: run.by.id }, 'progress could not be written');
  }
}

function tooLong(step: StepInHand, wholeMs: number): AppError {
  const last = step.progress?.message;
  const detail = last == null ? '' : ` Last seen: ${last}`;
  return new AppError('STEP_FAILED', `The step "${step.name}" was not done within ${span(wholeMs)}.${detail}`);
}

function neverEnds(step: StepInHand): AppError {
  const message = `The step "${step.name}" was begun ${step.attempt} times and never ended: see the logs of the workers.`;
  return new AppError('STEP_FAILED', message);
}

function span(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
