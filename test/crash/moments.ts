import { AsyncLocalStorage } from 'node:async_hooks';
import type { PgBoss } from 'pg-boss';
import { changesSomething } from '../../jobs/ports/effects.ts';
import type { StepOptions, StepRunner, StepScope, WorkflowServices } from '../../jobs/workflow/context.ts';
import type { Workflow } from '../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../schema/errors.ts';

/**
 * A place in the way of a run where a worker can die, `<where>: <what>`. Where: a step, `undo <name>`, `settle`, or `run`.
 *
 * `taken`: from the queue, not claimed. `claimed`: before the first step. `begun`: the attempt is recorded, nothing is
 * done. `amid <verb>`: the verb is at work. `after <verb>`: between two verbs of a step. `done`: after the effect, before
 * its commit. `committed`. `turned back`: before the first undo step. `over`: ended, and the queue was not told.
 */
export type Moment = string;

/** Told of every moment; the run goes on when it resolves. */
export type Observe = (operationId: string, moment: Moment) => Promise<void>;

export interface Meddling {
  readonly observe: Observe;
  /** Operations that fail after the effect of their last step but one, or of another of theirs, when most is there to be taken back. */
  readonly failing: ReadonlySet<string>;
  /** Given to steps in the place of their own, so that a run that is held at a moment stays there. */
  readonly timeoutMs: number | undefined;
}

/** Workflows that remove what they made in their own last steps: there is most before those. */
const FAILS_IN: Readonly<Record<string, string>> = Object.fromEntries(
  ['verify-image', 'verify-physical-image', 'verify-durable-image', 'verify-durable-physical-image'].map((name) => [
    name,
    'Judge what was found',
  ]),
);

/** Where in a run the calls of a port are made. */
interface Place {
  readonly operationId: string;
  readonly where: string;
  calls: number;
}

const places = new AsyncLocalStorage<Place>();

/** The workflow with a hook at every boundary of its steps, of its compensation and of its end; its story is untouched. */
export function observed(workflow: Workflow, { observe, failing, timeoutMs }: Meddling): Workflow {
  const { settle, undo } = workflow.onFailure;
  const failsIn = FAILS_IN[workflow.name] ?? workflow.steps.at(-2)?.name;
  /** By input: `settle` is not told which operation it ends. Operations on nothing have the same one: `undo` comes first. */
  const operationOf = new Map<string, string>();
  const turnedBack = new WeakMap<object, string>();

  /** Work of a step or undo step, with moments before and after its effect. */
  const within =
    <A extends unknown[], T>(operationId: string, where: string, work: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      places.run({ operationId, where, calls: 0 }, async () => {
        await observe(operationId, `${where}: begun`);
        const value = await work(...args);
        if (where === failsIn && failing.has(operationId) && isDone(value)) {
          throw new AppError('STEP_FAILED', 'The test wants this to fail.');
        }
        if (isDone(value)) await observe(operationId, `${where}: done`);
        return value;
      });

  const stepOf = (operationId: string, real: StepRunner<string>): StepRunner<string> => {
    const longer = <O extends StepOptions>(options: O | undefined): O =>
      (timeoutMs === undefined ? { ...options } : { ...options, timeoutMs }) as O;
    const committed = async <T>(where: string, value: Promise<T>): Promise<T> => {
      const result = await value;
      await observe(operationId, `${where}: committed`);
      return result;
    };
    const step = <T>(name: string, work: (scope: StepScope) => Promise<T>, options?: StepOptions) =>
      committed(name, real(name, within(operationId, name, work) as (s: StepScope) => Promise<never>, longer(options)));
    return Object.assign(step, {
      until: ((name, poll, options) =>
        committed(name, real.until(name, within(operationId, name, poll), longer(options)))) as typeof real.until,
      commit: ((name, write, options) =>
        committed(name, real.commit(name, within(operationId, name, write), longer(options)))) as typeof real.commit,
    }) as StepRunner<string>;
  };

  return {
    ...workflow,
    async run(context, input) {
      operationOf.set(JSON.stringify(input), context.operationId);
      await observe(context.operationId, 'run: claimed');
      await workflow.run({ ...context, step: stepOf(context.operationId, context.step) }, input);
    },
    onFailure: {
      ...workflow.onFailure,
      ...(undo && {
        async undo(context: Parameters<typeof undo>[0], input: unknown) {
          const { operationId } = context;
          if (typeof input === 'object' && input !== null) turnedBack.set(input, operationId);
          await observe(operationId, 'run: turned back');
          const undoStep: typeof context.undo = async (name, work) => {
            await context.undo(name, within(operationId, `undo ${name}`, work));
            await observe(operationId, `undo ${name}: committed`);
          };
          await undo.call(workflow.onFailure, { ...context, undo: undoStep }, input);
        },
      }),
      async settle(tx, services, input, failure) {
        const operationId = turnedBack.get(Object(input)) ?? operationOf.get(JSON.stringify(input));
        const work = () => settle.call(workflow.onFailure, tx, services, input, failure);
        await (operationId === undefined ? work() : within(operationId, 'settle', work)());
      },
    },
  };
}

const isDone = (value: unknown) => typeof value !== 'object' || value === null || !('progress' in value);

/** The ports with a hook in the middle of and after every verb that changes something, when a step calls it. */
export function observedServices(services: WorkflowServices, observe: Observe): WorkflowServices {
  const wrap = <T extends object>(port: keyof WorkflowServices, real: T): T =>
    new Proxy(real, {
      get(target, name) {
        const verb: unknown = Reflect.get(target, name);
        if (typeof verb !== 'function') return verb;
        return (...args: unknown[]) => {
          const place = places.getStore();
          const call = () => Reflect.apply(verb, target, args);
          if (place === undefined || !changesSomething(port, String(name))) return call();
          place.calls += 1;
          const what = `${port}.${String(name)} (${place.calls})`;
          return (async () => {
            await observe(place.operationId, `${place.where}: amid ${what}`);
            const result = await call();
            await observe(place.operationId, `${place.where}: after ${what}`);
            return result;
          })();
        };
      },
    });
  const ports = Object.entries(services).map(([name, port]) => [name, wrap(name as keyof WorkflowServices, port)]);
  return Object.fromEntries(ports) as WorkflowServices;
}

/** The queue with a hook after a run was taken from it and before it is told that one is over. */
export function observedQueue(boss: PgBoss, observe: Observe, isHeldBack: (operationId: string) => boolean): PgBoss {
  const operations = new Map<string, string>();
  return new Proxy(boss, {
    get(target, name) {
      if (name === 'fetch') {
        return async (queue: string, options: { batchSize: number }) => {
          const jobs = await target.fetch<{ operationId: string; run: number }>(queue, options);
          const passed = [];
          for (const job of jobs) {
            operations.set(job.id, job.data.operationId);
            if (isHeldBack(job.data.operationId)) void observe(job.data.operationId, 'run: taken');
            else passed.push(job);
          }
          return passed;
        };
      }
      if (name === 'complete') {
        return async (queue: string, attempt: { id: string }) => {
          const operationId = operations.get(attempt.id);
          if (operationId !== undefined) await observe(operationId, 'run: over');
          return Reflect.apply(target.complete, target, [queue, attempt]);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
