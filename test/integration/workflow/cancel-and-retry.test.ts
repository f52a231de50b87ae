import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineWorkflow, type Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { AnyInput, type Bench, countTo, eventually, nothingToSettle, openBench } from './bench.ts';
import { recordingPlan } from './recording-plan.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());

const quick = { delayMs: 1, maxDelayMs: 5 };
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
  const askedAt = Date.now();
  await bench.queue(workflows).cancel(id);
  const operation = await bench.reach(id, 'CANCELLED', 'FAILED', 'SUCCEEDED');
  return { id, operation, tookMs: Date.now() - askedAt, steps: await bench.steps(id), events: await bench.events(id) };
}

describe('cancel', () => {
  it('aborts a step at once, compensates, settles as CANCELLED, and ends CANCELLED', async () => {
    const log: string[] = [];
    const story = defineWorkflow('cancel-step', '1.0.0', AnyInput)
      .steps({ Begin: 1, Hang: 1, After: 1 })
      .onFailure(recordingPlan(log))
      .run(async ({ step }) => {
        await step('Begin', async () => 1);
        await step('Hang', forEver);
        await step('After', async () => 1);
      });
    const { operation, tookMs, steps, events } = await cancelWhenRunning(story, 'Hang');
    expect(operation).toMatchObject({ state: 'CANCELLED', failure: { code: 'CANCELLED', step: 'Hang' } });
    expect(log).toEqual(['Remove the server', 'Remove the volume', 'settle CANCELLED']);
    expect(steps.map((step) => step.state)).toEqual(['SUCCEEDED', 'FAILED', 'SKIPPED']);
    expect(steps[1]?.failure?.code).toBe('CANCELLED');
    // The backstop look comes after some seconds, the step itself would never end.
    expect(tookMs).toBeLessThan(15_000);
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

describe('retry', () => {
  it('runs a compensated operation anew from the first step; its event sequence goes on', async () => {
    const log: string[] = [];
    let broken = true;
    const story = defineWorkflow('retry-compensated', '1.0.0', AnyInput)
      .steps({ Reserve: 1, Work: 3 })
      .onFailure({ ...recordingPlan(log), reopen: async () => void log.push('reopen') })
      .run(async ({ step, run }) => {
        await step('Reserve', async () => log.push(`Reserve ${run}`));
        await step('Work', async ({ attempt }) => {
          log.push(`Work ${run}.${attempt}`);
          if (broken) throw new AppError('STEP_FAILED', 'broken');
        });
      });
    const workflows = [story];
    await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    const failed = await bench.reach(id, 'FAILED');
    expect(failed.percent).toBe(25);
    broken = false;
    await bench.queue(workflows).retry(id);
    const done = await bench.reach(id, 'SUCCEEDED');
    expect(done).toMatchObject({ run: 2, percent: 100, failure: null });
    expect(log.filter((line) => line.startsWith('Reserve'))).toEqual(['Reserve 1', 'Reserve 2']);
    expect(log).toContain('reopen');
    expect(log.at(-1)).toBe('Work 2.1');
    const events = await bench.events(id);
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
    const again = events.findIndex((event, index) => index > 0 && event.state === 'QUEUED');
    expect(events[again]).toMatchObject({ percent: 0, sequence: failed.sequence + 1, step: null });
    // A reader of the events alone learns that the steps are to be done again.
    expect(
      events.slice(again + 1, again + 3).map((event) => `${event.state} ${event.step?.name} ${event.step?.state}`),
    ).toEqual(['QUEUED Reserve PENDING', 'QUEUED Work PENDING']);
  });

  it('keeps the finished steps of a workflow that takes nothing back', async () => {
    const log: string[] = [];
    let broken = true;
    const story = defineWorkflow('retry-kept', '1.0.0', AnyInput)
      .steps({ Stop: 1, Delete: 3 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        const kept = await step('Stop', async () => {
          log.push('Stop');
          return 'kept';
        });
        await step('Delete', async () => {
          log.push(`Delete after ${kept}`);
          if (broken) throw new AppError('STEP_FAILED', 'broken');
        });
      });
    const workflows = [story];
    await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    await bench.reach(id, 'FAILED');
    broken = false;
    await bench.queue(workflows).retry(id);
    await bench.reach(id, 'SUCCEEDED');
    expect(log).toEqual(['Stop', 'Delete after kept', 'Delete after kept']);
    const reopened = (await bench.events(id)).filter((event) => event.state === 'QUEUED');
    expect(reopened.map((event) => [event.percent, event.step?.name ?? null])).toEqual([
      [0, null],
      [25, null],
      [25, 'Delete'],
    ]);
  });

  it('is a CONFLICT for what is not FAILED, and for a name that was taken meanwhile; then nothing has changed', async () => {
    const story = defineWorkflow('retry-refused', '1.0.0', AnyInput)
      .steps({ Fail: 1 })
      .onFailure({
        ...nothingToSettle,
        reopen: async () => Promise.reject(new AppError('CONFLICT', 'the name is taken')),
      })
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'broken')), quick);
      });
    const workflows = [story];
    const id = await bench.enqueue(workflows, story.name);
    await expect(bench.queue(workflows).retry(id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('QUEUED'),
    });
    await bench.worker(workflows);
    const failed = await bench.reach(id, 'FAILED');
    await expect(bench.queue(workflows).retry(id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'the name is taken',
    });
    expect(await bench.read(id)).toEqual(failed);
  });

  it('lets one of two callers at once have it', async () => {
    const story = defineWorkflow('retry-twice', '1.0.0', AnyInput)
      .steps({ Fail: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'broken')), quick);
      });
    const workflows = [story];
    const worker = await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    await bench.reach(id, 'FAILED');
    await worker.stop({ graceMs: 1000 });
    const queue = bench.queue(workflows);
    const outcomes = await Promise.allSettled([queue.retry(id), queue.retry(id)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await bench.read(id)).run).toBe(2);
  });
});
