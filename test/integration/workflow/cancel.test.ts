import { describe, expect, it } from 'vitest';
import { defineWorkflow, type Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { AnyInput, countTo, eventually, nothingToSettle, useBench } from './bench.ts';
import { recordingPlan } from './recording-plan.ts';

const bench = useBench();

const forEver = ({ signal }: { signal: AbortSignal }) =>
  new Promise<undefined>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

async function cancelWhenRunning(workflow: Workflow, stepName: string) {
  const workflows = [workflow];
  await bench.worker(workflows);
  const id = await bench.enqueue(workflows, workflow.name);
  await eventually(`step ${stepName}`, async () =>
    (await bench.steps(id)).find((step) => step.name === stepName && step.state === 'RUNNING'),
  );
  await bench.queue(workflows).cancel(id);
  const operation = await bench.reach(id, 'CANCELLED', 'FAILED', 'SUCCEEDED');
  return { id, operation, steps: await bench.steps(id), events: await bench.events(id) };
}

describe('cancel', () => {
  it('aborts a step that would never end, compensates, settles as CANCELLED, and ends CANCELLED', async () => {
    const log: string[] = [];
    const story = defineWorkflow('cancel-step', '1.0.0', AnyInput)
      .steps({ Begin: 1, Hang: 1, After: 1 })
      .onFailure(recordingPlan(log))
      .run(async ({ step }) => {
        await step('Begin', async () => 1);
        await step('Hang', forEver);
        await step('After', async () => 1);
      });
    const { operation, steps, events } = await cancelWhenRunning(story, 'Hang');
    expect(operation).toMatchObject({ state: 'CANCELLED', failure: { code: 'CANCELLED', step: 'Hang' } });
    expect(log).toEqual(['Remove the server', 'Remove the volume', 'settle CANCELLED']);
    expect(steps.map((step) => step.state)).toEqual(['SUCCEEDED', 'FAILED', 'SKIPPED']);
    expect(steps[1]?.failure?.code).toBe('CANCELLED');
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
    expect(events.map((event) => event.state)).toContain('CANCELLING');
    expect(events.at(-1)?.state).toBe('CANCELLED');
  });

  it('reaches a run that waits between two looks, and one that waits to try again', async () => {
    const log: string[] = [];
    const waiting = defineWorkflow('cancel-until', '1.0.0', AnyInput)
      .steps({ Watch: 1 })
      .onFailure(recordingPlan(log))
      .run(async ({ step }) => {
        await step.until('Watch', async () => ({ progress: null }), { intervalMs: 60_000 });
      });
    expect((await cancelWhenRunning(waiting, 'Watch')).operation.state).toBe('CANCELLED');
    const retrying = defineWorkflow('cancel-retrying', '1.0.0', AnyInput)
      .steps({ Try: 1 })
      .onFailure(recordingPlan(log))
      .run(async ({ step }) => {
        const down = async () => Promise.reject(new AppError('UNAVAILABLE', 'down'));
        await step('Try', down, { delayMs: 60_000, maxDelayMs: 60_000 });
      });
    const { operation } = await cancelWhenRunning(retrying, 'Try');
    expect(operation).toMatchObject({ state: 'CANCELLED', failure: { code: 'CANCELLED' } });
  });

  it('keeps what a step did that ended well in spite of it, and refuses the commit after it', async () => {
    const log: string[] = [];
    let committed = false;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const story = defineWorkflow('cancel-before-commit', '1.0.0', AnyInput)
      .steps({ 'Do it': 1, Commit: 1 })
      .onFailure(recordingPlan(log))
      .run(async ({ step }) => {
        await step('Do it', async ({ signal }) => {
          signal.addEventListener('abort', goOn);
          await gate;
          return 'done';
        });
        await step.commit('Commit', async () => {
          committed = true;
        });
      });
    const { operation, steps } = await cancelWhenRunning(story, 'Do it');
    expect(operation.state).toBe('CANCELLED');
    expect(steps.map((step) => step.state)).toEqual(['SUCCEEDED', 'SKIPPED']);
    expect(committed).toBe(false);
    expect(log).toContain('settle CANCELLED');
  });

  it('loses against a commit that already holds the operation: then it is over and cancel is a CONFLICT', async () => {
    let inCommit = () => {};
    const entered = new Promise<void>((resolve) => {
      inCommit = resolve;
    });
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const story = defineWorkflow('cancel-late', '1.0.0', AnyInput)
      .steps({ Commit: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step.commit('Commit', async () => {
          inCommit();
          await gate;
        });
      });
    const workflows = [story];
    await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    await entered;
    const cancelled = bench.queue(workflows).cancel(id);
    goOn();
    await expect(cancelled).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await bench.read(id)).state).toBe('SUCCEEDED');
  });

  it('has a worker end a QUEUED operation that nobody has begun, without running a step', async () => {
    const log: string[] = [];
    const story = defineWorkflow('cancel-queued', '1.0.0', AnyInput)
      .steps({ Begin: 1 })
      .onFailure(recordingPlan(log))
      .run(async ({ step }) => {
        await step('Begin', async () => log.push('Begin'));
      });
    const workflows = [story];
    const id = await bench.enqueue(workflows, story.name);
    await bench.queue(workflows).cancel(id);
    await bench.queue(workflows).cancel(id);
    expect((await bench.events(id)).map((event) => event.state)).toEqual(['QUEUED', 'CANCELLING']);
    await bench.worker(workflows);
    expect(await bench.reach(id, 'CANCELLED')).toMatchObject({ failure: { code: 'CANCELLED' } });
    expect(log).toEqual(['Remove the server', 'Remove the volume', 'settle CANCELLED']);
    expect((await bench.steps(id)).map((step) => step.state)).toEqual(['SKIPPED']);
  });

  it('answers NOT_FOUND for an unknown operation', async () => {
    await expect(bench.queue([]).cancel(crypto.randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(bench.queue([]).retry(crypto.randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
