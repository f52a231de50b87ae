import { describe, expect, it } from 'vitest';
import { defineWorkflow, type Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { AnyInput, countTo, eventually, nothingToSettle, runToEnd, useBench } from './bench.ts';

const bench = useBench();

const quick = { delayMs: 1, maxDelayMs: 5 };

const run = (workflow: Workflow) => runToEnd(bench, workflow);

describe('a story', () => {
  it('runs its steps in order, returns what they returned and tells every change in events 1, 2, 3', async () => {
    const seen: unknown[] = [];
    const story = defineWorkflow('in-order', '1.0.0', AnyInput)
      .steps({ 'Look up': 1, Measure: 2, 'Take the other way': 3, 'Mark done': 4 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        seen.push(await step('Look up', async () => ({ name: 'a', left: undefined })));
        seen.push(await step('Measure', async () => undefined));
        await step.commit('Mark done', async () => undefined);
      });
    const { operation, steps, events } = await run(story);
    expect(seen).toEqual([{ name: 'a' }, undefined]);
    expect(Object.keys(seen[0] as object)).toEqual(['name']);
    expect(operation).toMatchObject({ state: 'SUCCEEDED', percent: 100, failure: null, fence: 1, run: 1 });
    expect(operation.finishedAt).not.toBeNull();
    expect(steps.map((step) => step.state)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SKIPPED', 'SUCCEEDED']);
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
    expect(events.map((event) => event.step?.state ?? event.state)).toEqual([
      'QUEUED',
      'RUNNING',
      ...['RUNNING', 'SUCCEEDED', 'RUNNING', 'SUCCEEDED', 'RUNNING', 'SUCCEEDED'],
      'SKIPPED',
      'SUCCEEDED',
    ]);
    expect(events.map((event) => event.percent)).toEqual([0, 0, 0, 10, 10, 30, 30, 70, 70, 100]);
    expect(operation.sequence).toBe(events.length);
  });

  it('tries a step again while its error may pass, and shows the failure of the last attempt meanwhile', async () => {
    const story = defineWorkflow('flaky', '1.0.0', AnyInput)
      .steps({ Try: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step(
          'Try',
          async ({ attempt }) => {
            if (attempt < 3) throw new AppError('UNAVAILABLE', `not yet (${attempt})`);
            return attempt;
          },
          quick,
        );
      });
    const { operation, steps, events } = await run(story);
    expect(operation.state).toBe('SUCCEEDED');
    expect(steps[0]).toMatchObject({ attempt: 3, result: 3, failure: null });
    expect(events.flatMap((event) => event.step?.failure?.message ?? [])).toEqual(['not yet (1)', 'not yet (2)']);
  });

  it('fails with the cause when the attempts are used up, and skips what comes after', async () => {
    const story = defineWorkflow('out-of-attempts', '1.0.0', AnyInput)
      .steps({ Before: 1, Try: 1, After: 2 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Before', async () => 1);
        const unavailable = async () => Promise.reject(new AppError('UNAVAILABLE', 'the platform does not answer'));
        await step('Try', unavailable, { ...quick, attempts: 2 });
        await step('After', async () => 1);
      });
    const { operation, steps, events } = await run(story);
    const failure = { code: 'UNAVAILABLE', message: 'the platform does not answer', step: 'Try' };
    expect(operation).toMatchObject({ state: 'FAILED', failure, percent: 25 });
    expect(steps.map((step) => step.state)).toEqual(['SUCCEEDED', 'FAILED', 'SKIPPED']);
    expect(steps[1]).toMatchObject({ attempt: 2, failure });
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
    expect(events.at(-1)).toMatchObject({ state: 'FAILED', step: null });
  });

  it('shows of an unexpected error nothing but a reference', async () => {
    const story = defineWorkflow('unexpected', '1.0.0', AnyInput)
      .steps({ Break: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Break', async () => Promise.reject(new Error('password=hunter2')));
      });
    const { operation } = await run(story);
    expect(operation.failure).toMatchObject({ code: 'INTERNAL', step: 'Break' });
    expect(operation.failure?.message).toMatch(/reference .* [0-9a-f-]{36}/);
    expect(JSON.stringify(operation)).not.toContain('hunter2');
  });

  it('fails a step whose result the database cannot store instead of running it for ever', async () => {
    const story = defineWorkflow('unstorable', '1.0.0', AnyInput)
      .steps({ Return: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Return', async () => 'a\0b');
      });
    const { operation } = await run(story);
    expect(operation).toMatchObject({ state: 'FAILED', failure: { code: 'INTERNAL' } });
  });

  it('stores failure messages that hold characters which the database refuses', async () => {
    const story = defineWorkflow('nul-in-message', '1.0.0', AnyInput)
      .steps({ Say: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Say', async () => Promise.reject(new AppError('STEP_FAILED', `bad\0byte ${'x'.repeat(9000)}`)));
      });
    const { operation } = await run(story);
    expect(operation.failure?.message).toMatch(/^badbyte x+\.\.\.$/);
  });

  it('ends a story that a declared step is missing from, or that swallows a failed step, as FAILED', async () => {
    const undeclared = defineWorkflow('undeclared', '1.0.0', AnyInput)
      .steps({ Known: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await (step as (name: string, work: () => Promise<undefined>) => Promise<undefined>)(
          'Unknown',
          async () => undefined,
        );
      });
    expect((await run(undeclared)).operation).toMatchObject({ state: 'FAILED', failure: { code: 'INTERNAL' } });

    const swallowing = defineWorkflow('swallowing', '1.0.0', AnyInput)
      .steps({ Fail: 1, 'Go on': 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'no'))).catch(() => undefined);
        await step('Go on', async () => undefined).catch(() => undefined);
      });
    const { operation, steps } = await run(swallowing);
    expect(operation).toMatchObject({ state: 'FAILED', failure: { message: 'no', step: 'Fail' } });
    expect(steps.map((step) => step.state)).toEqual(['FAILED', 'SKIPPED']);
  });

  it('ends an attempt that takes too long, with its signal aborted, and names the step', async () => {
    let aborted = false;
    const story = defineWorkflow('too-slow', '1.0.0', AnyInput)
      .steps({ 'Wait for ever': 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step(
          'Wait for ever',
          ({ signal }) =>
            new Promise<undefined>((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                aborted = true;
                reject(new Error('aborted'));
              });
            }),
          { timeoutMs: 20, attempts: 1 },
        );
      });
    const { operation } = await run(story);
    expect(aborted).toBe(true);
    expect(operation.failure).toEqual({
      code: 'UNAVAILABLE',
      message: 'The step "Wait for ever" took longer than 20 ms.',
      step: 'Wait for ever',
    });
  });

  it('leaves work alone that does not heed its signal, and goes on without it', async () => {
    const story = defineWorkflow('deaf', '1.0.0', AnyInput)
      .steps({ Ignore: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Ignore', () => new Promise<undefined>(() => undefined), { timeoutMs: 10, attempts: 1 });
      });
    expect((await run(story)).operation.failure?.code).toBe('UNAVAILABLE');
  });
});

describe('steps side by side', () => {
  it('tell their changes and progress in one sequence without gap or duplicate', async () => {
    const names = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`Part ${index}`, 1]));
    const story = defineWorkflow('side-by-side', '1.0.0', AnyInput)
      .steps(names)
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await Promise.all(
          Object.keys(names).map((name, index) =>
            step(name, async ({ report }) => {
              for (let percent = 0; percent < 100; percent += 10) report({ percent });
              return index;
            }),
          ),
        );
      });
    const { operation, events } = await run(story);
    expect(operation).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
    const percents = events.map((event) => event.percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
  });

  it('end with the first that fails: the others are aborted, and none is left behind when the clean-up begins', async () => {
    const underWay = new Set<string>();
    let underWayAtUndo = -1;
    const story = defineWorkflow('one-fails', '1.0.0', AnyInput)
      .steps({ Fail: 1, Hang: 1, 'Hang too': 1 })
      .onFailure({
        async undo() {
          underWayAtUndo = underWay.size;
        },
        settle: async () => undefined,
      })
      .run(async ({ step }) => {
        const hang = (name: 'Hang' | 'Hang too') =>
          step(name, async ({ signal }) => {
            underWay.add(name);
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            underWay.delete(name);
            throw new Error('an echo of the abort');
          });
        const others = [hang('Hang'), hang('Hang too')];
        await step('Fail', async () => {
          await eventually('the others', () => underWay.size === 2);
          throw new AppError('STEP_FAILED', 'the first cause');
        });
        await Promise.all(others);
      });
    const { operation, steps } = await run(story);
    expect(operation.failure).toMatchObject({ message: 'the first cause', step: 'Fail' });
    expect(steps.map((step) => step.state)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(underWayAtUndo).toBe(0);
  });
});

describe('a worker that hears no notification', () => {
  it('takes what is enqueued, and lets nothing begin of what was cancelled, only some seconds later', async () => {
    let committed = false;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const story = defineWorkflow('deaf-worker', '1.0.0', AnyInput)
      .steps({ Work: 1, Commit: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Work', () => gate);
        await step.commit('Commit', async () => {
          committed = true;
        });
      });
    const workflows = [story];
    await bench.worker(workflows, { listener: { subscribe: () => () => undefined } });
    const id = await bench.enqueue(workflows, 'deaf-worker');
    await eventually('the first step', async () => (await bench.steps(id))[0]?.state === 'RUNNING');
    await bench.queue(workflows).cancel(id);
    release();
    await bench.reach(id, 'CANCELLED');
    expect(committed).toBe(false);
  });
});
