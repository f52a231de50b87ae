import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { AnyInput, countTo, nothingToSettle, useBench } from './bench.ts';
import { recordingPlan } from './recording-plan.ts';

const bench = useBench();

const quick = { delayMs: 1, maxDelayMs: 5 };

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
