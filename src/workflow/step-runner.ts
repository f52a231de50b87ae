import type { Json } from '../../jobs/ports/json.ts';
import type { Transaction } from '../../jobs/ports/transaction.ts';
import type {
  Poll,
  ProgressReport,
  StepOptions,
  StepRunner,
  StepScope,
  UntilOptions,
} from '../../jobs/workflow/context.ts';
import { AppError, isRetryable } from '../../schema/errors.ts';
import { isDatabaseUnavailable } from '../db/errors.ts';
import { writeStep } from '../stores/run-steps.ts';
import { runAttempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { describeFailure } from './failure.ts';
import { pause } from './pause.ts';
import { createProgressTracker, percentOfRun } from './progress.ts';
import { createProgressReporter } from './progress-reporter.ts';
import { Interrupted } from './run-control.ts';
import type { EngineDeps, RunInHand, StepInHand } from './run-in-hand.ts';
import { changeStep, commitStep, recordCause } from './run-records.ts';

const DEFAULTS = { timeoutMs: 60_000, attempts: 5, delayMs: 1000, maxDelayMs: 30_000, intervalMs: 500 } as const;
const PROGRESS_INTERVAL_MS = 1000;

/** The runner that a story is given, and a way to wait until none of its steps is under way any more. */
export interface StoryRunner {
  readonly step: StepRunner<string>;
  settled(): Promise<void>;
}

/** How one kind of step is done. */
interface Doing<T> {
  readonly look: (scope: StepScope) => Promise<Poll<T>>;
  /** Records the success; a `commit` has done so in its look. */
  readonly conclude: ((value: T) => Promise<void>) | null;
  /** How long one look may take; null for a commit, which may wait for the database. */
  readonly lookMs: number | null;
  /** How long looking may go on in all; then the step has failed for good. */
  readonly wholeMs: number | null;
  readonly intervalMs: number;
}

export function createStoryRunner(deps: EngineDeps, run: RunInHand): StoryRunner {
  const underWay = new Map<string, Promise<unknown>>();
  const phase = run.control.forward;

  function begin<T>(name: string, options: StepOptions, doing: (step: StepInHand) => Doing<T>): Promise<T> {
    const step = run.steps.find((each) => each.name === name);
    if (step === undefined) return Promise.reject(new Error(`the workflow declares no step "${name}"`));
    if (step.state === 'SUCCEEDED') return Promise.resolve(step.result as T);
    if (underWay.has(name)) return Promise.reject(new Error(`the step "${name}" is under way already`));
    const done = guarded(step, options, doing(step)).finally(() => underWay.delete(name));
    underWay.set(name, done);
    return done;
  }

  /** Whatever a step fails of is recorded before the story hears of it, so that no crash in between forgets it. */
  async function guarded<T>(step: StepInHand, options: StepOptions, doing: Doing<T>): Promise<T> {
    try {
      phase.check();
      return await perform(deps, run, step, options, doing);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const cause = describeFailure(error, { operationId: run.by.id, step: step.name }, deps.log);
      await recordCause(deps, run, cause);
      run.control.fail();
      throw error;
    }
  }

  const succeedWith =
    <T>(step: StepInHand) =>
    (value: T) =>
      changeStep(deps, run, step, {
        kind: 'succeed',
        attempt: step.attempt,
        result: value as Json | undefined,
        progress: finished(step),
        failure: null,
      });

  const step = <T extends Json | undefined>(
    name: string,
    work: (scope: StepScope) => Promise<T>,
    options: StepOptions = {},
  ): Promise<T> =>
    begin(name, options, (inHand) => ({
      look: async (scope) => ({ done: asStored(await work(scope)) }),
      conclude: succeedWith(inHand),
      lookMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
      wholeMs: null,
      intervalMs: 0,
    }));

  const until = <T extends Json | undefined>(
    name: string,
    poll: (scope: StepScope) => Promise<Poll<T>>,
    options: UntilOptions = {},
  ): Promise<T> =>
    begin(name, options, (inHand) => ({
      look: async (scope) => {
        const found = await poll(scope);
        return 'done' in found ? { done: asStored(found.done) } : found;
      },
      conclude: succeedWith(inHand),
      lookMs: DEFAULTS.timeoutMs,
      wholeMs: options.timeoutMs ?? null,
      intervalMs: options.intervalMs ?? DEFAULTS.intervalMs,
    }));

  const commit = (name: string, write: (tx: Transaction) => Promise<void>, options: StepOptions = {}): Promise<void> =>
    begin(name, options, (inHand) => ({
      look: async () => ({ done: await commitStep(deps, run, inHand, write) }),
      conclude: null,
      lookMs: options.timeoutMs ?? null,
      wholeMs: null,
      intervalMs: 0,
    }));

  return {
    step: Object.assign(step, { until, commit }),
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay.values());
    },
  };
}

/** The value as a later run of the story will get it back, so that the first one sees no other. */
function asStored<T extends Json | undefined>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

const finished = (step: StepInHand) => createProgressTracker(step.progress).finish();

async function perform<T>(
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
  const wait = async (ms: number) => {
    run.onParked(true);
    await pause(ms, phase.halted);
    run.onParked(false);
  };
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
  };
  const oneLook = async (): Promise<Poll<T>> => {
    const release = await deps.slots.take(phase.halted);
    try {
      phase.check();
      if (!begun) {
        const attempt = step.attempt + 1;
        await changeStep(deps, run, step, { kind: 'begin', attempt, progress: step.progress, failure: null });
        begun = true;
      }
      return await runAttempt(phase, limits, (signal) => doing.look({ attempt: step.attempt, signal, report }));
    } finally {
      release?.();
    }
  };

  let begun = false;
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
        await wait(Math.min(doing.intervalMs, leftMs));
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        if (isDatabaseUnavailable(error)) {
          // Nothing is known against the step: it is only our own records that do not answer.
          outages += 1;
          await wait(backoffMs(outages, { delayMs: 200, maxDelayMs: 5000 }));
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
    await reporter.close();
  }
}

async function writeProgress(deps: EngineDeps, run: RunInHand, step: StepInHand): Promise<void> {
  const { position, attempt, progress } = step;
  const percent = percentOfRun(run.steps);
  try {
    const write = { kind: 'report', position, attempt, progress, failure: null, percent } as const;
    const outcome = await writeStep(deps.database.orm, run.by, write);
    if (outcome.kind === 'superseded') run.control.supersede();
    else if (outcome.kind === 'cancelling' || outcome.state === 'CANCELLING') run.control.cancel();
    else run.sequence = Math.max(run.sequence, outcome.sequence);
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

function span(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
