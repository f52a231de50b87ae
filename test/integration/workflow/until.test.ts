import { describe, expect, it } from 'vitest';
import { defineWorkflow, type Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { AnyInput, eventually, nothingToSettle, runToEnd, useBench } from './bench.ts';

const bench = useBench();

const quick = { delayMs: 1, maxDelayMs: 5 };

const run = (workflow: Workflow) => runToEnd(bench, workflow);

describe('step.until', () => {
  it('looks until done, tells progress that never falls, at most one event a second, and 100 at the end', async () => {
    const percents = [10, 40, 20, 35, 60, 55, 90, 99];
    const started = Date.now();
    const story = defineWorkflow('progressing', '1.0.0', AnyInput)
      .steps({ Copy: 3, Check: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        let look = 0;
        await step.until(
          'Copy',
          async () => {
            look += 1;
            const elapsed = Date.now() - started;
            const percent = percents[look % percents.length] ?? 0;
            return elapsed > 3300 ? { done: look } : { progress: { percent, message: `look ${look}` } };
          },
          { intervalMs: 50 },
        );
        await step('Check', async () => undefined);
      });
    const { operation, steps, events } = await run(story);
    expect(operation).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    const told = events.filter((event) => event.step?.name === 'Copy' && event.step.state === 'RUNNING').slice(1);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.length).toBeLessThanOrEqual(4);
    const times = told.map((event) => event.at.getTime());
    for (const [index, time] of times.entries())
      if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
    const shown = told.map((event) => event.step?.progress?.percent ?? 0);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    const whole = events.map((event) => event.percent);
    expect(whole).toEqual([...whole].sort((a, b) => a - b));
    expect(steps[0]?.progress).toMatchObject({ percent: 100, secondsLeft: 0 });
    expect(steps[1]?.progress).toBeNull();
  });

  it('fails for good, with what was last seen, when it was not done in time', async () => {
    const story = defineWorkflow('never-ready', '1.0.0', AnyInput)
      .steps({ 'Wait until ready': 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        const starting = async () => ({ progress: { message: 'pulling the image' } });
        await step.until('Wait until ready', starting, { timeoutMs: 60, intervalMs: 10 });
      });
    expect((await run(story)).operation.failure).toEqual({
      code: 'STEP_FAILED',
      message: 'The step "Wait until ready" was not done within 60 ms. Last seen: pulling the image',
      step: 'Wait until ready',
    });
  });

  it('looks when it is told that this is worth it, and lets go of who tells when the step is over', async () => {
    let asked = 0;
    let isLetGo = false;
    const looks: boolean[] = [];
    let isWorthIt = false;
    const story = defineWorkflow('told-sooner', '1.0.0', AnyInput)
      .steps({ Watch: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        const sooner = async (signal: AbortSignal) => {
          asked += 1;
          signal.addEventListener('abort', () => (isLetGo = true), { once: true });
          isWorthIt = true;
        };
        const look = async () => {
          looks.push(isWorthIt);
          return looks.length < 4 ? { progress: null } : { done: undefined };
        };
        await step.until('Watch', look, { intervalMs: 20, sooner });
      });
    expect((await run(story)).operation.state).toBe('SUCCEEDED');
    expect({ asked, isLetGo, looks }).toEqual({ asked: 1, isLetGo: true, looks: [true, true, true, true] });
  });

  it('counts only failures in a row', async () => {
    let look = 0;
    const story = defineWorkflow('now-and-then', '1.0.0', AnyInput)
      .steps({ Watch: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step.until(
          'Watch',
          async () => {
            look += 1;
            if (look === 12) return { done: null };
            if (look % 2 === 0) throw new AppError('UNAVAILABLE', 'now and then');
            return { progress: null };
          },
          { ...quick, intervalMs: 1, attempts: 2 },
        );
      });
    const { operation, steps } = await run(story);
    expect(operation.state).toBe('SUCCEEDED');
    // The first attempt, and one after each of the looks 2, 4, 6, 8 and 10.
    expect(steps[0]).toMatchObject({ attempt: 6, failure: null });
  });

  it('holds no slot while it waits: four waiting runs do not stop a fifth', async () => {
    let open = false;
    const waiting = defineWorkflow('waiting', '1.0.0', AnyInput)
      .steps({ Wait: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step.until('Wait', async () => (open ? { done: null } : { progress: null }), { intervalMs: 20 });
      });
    const passing = defineWorkflow('passing', '1.0.0', AnyInput)
      .steps({ Pass: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Pass', async () => undefined);
      });
    const workflows = [waiting, passing];
    await bench.worker(workflows, { concurrency: 4 });
    const parked = await Promise.all(Array.from({ length: 12 }, () => bench.enqueue(workflows, 'waiting')));
    for (const id of parked) {
      await eventually('a waiting run', async () => (await bench.steps(id))[0]?.state === 'RUNNING');
    }
    const fifth = await bench.enqueue(workflows, 'passing');
    await bench.reach(fifth, 'SUCCEEDED');
    for (const id of parked) expect((await bench.read(id)).state).toBe('RUNNING');
    open = true;
    for (const id of parked) await bench.reach(id, 'SUCCEEDED');
  });
});
