import type { Json } from '../../../jobs/ports/json.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Poll, StepOptions, StepRunner, StepScope, UntilOptions } from '../../../jobs/workflow/context.ts';
import { describeFailure } from '../failure.ts';
import { Interrupted } from '../runs/run-control.ts';
import type { EngineDeps, RunInHand, StepInHand } from '../runs/run-in-hand.ts';
import type { StepEnd } from '../runs/run-meter.ts';
import { changeStep, commitStep, recordCause } from '../runs/run-records.ts';
import { createProgressTracker } from './progress.ts';
import { type Doing, perform } from './step-loop.ts';

/** A request to a blob store that says nothing ends after three tries, 105 s: the step is to end with that as its cause. */
const DEFAULTS = { timeoutMs: 120_000, untilMs: 24 * 3600_000, intervalMs: 500 } as const;

/** The runner that a story is given, and a way to wait until none of its steps is under way any more. */
export interface StoryRunner {
  readonly step: StepRunner<string>;
  settled(): Promise<void>;
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
    // A story that forgets to await a step must not end the process by it.
    done.catch(() => undefined);
    underWay.set(name, done);
    return done;
  }

  /** Whatever a step fails of is recorded before the story hears of it, so that no crash in between forgets it. */
  async function guarded<T>(step: StepInHand, options: StepOptions, doing: Doing<T>): Promise<T> {
    const begunAt = performance.now();
    const measure = (end: StepEnd) => {
      const seconds = (performance.now() - begunAt) / 1000;
      deps.meter.stepEnded({ workflow: run.workflow, step: step.name, end, seconds });
    };
    try {
      phase.check();
      const value = await perform(deps, run, step, options, doing);
      measure('succeeded');
      return value;
    } catch (error) {
      if (error instanceof Interrupted) {
        // One that never began has not ended either.
        if (step.state === 'RUNNING') measure(error.reason === 'cancelled' ? 'cancelled' : 'interrupted');
        throw error;
      }
      const cause = describeFailure(error, { operationId: run.by.id, step: step.name }, deps.log);
      await recordCause(deps, run, cause);
      measure('failed');
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
      sooner: null,
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
      wholeMs: options.timeoutMs ?? DEFAULTS.untilMs,
      intervalMs: options.intervalMs ?? DEFAULTS.intervalMs,
      sooner: options.sooner ?? null,
    }));

  const commit = (name: string, write: (tx: Transaction) => Promise<void>, options: StepOptions = {}): Promise<void> =>
    begin(name, options, (inHand) => ({
      look: async () => ({ done: await commitStep(deps, run, inHand, write) }),
      conclude: null,
      lookMs: options.timeoutMs ?? null,
      wholeMs: null,
      intervalMs: 0,
      sooner: null,
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
