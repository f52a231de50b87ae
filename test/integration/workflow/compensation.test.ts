import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { AnyInput, eventually, useBench } from './bench.ts';
import { recordingPlan } from './recording-plan.ts';

const bench = useBench();

const quick = { delayMs: 1, maxDelayMs: 5 };

describe('compensation', () => {
  it('tries again what is unavailable, names what remains when its time is over, and takes back the rest', async () => {
    const log: string[] = [];
    const story = defineWorkflow('undo-stuck', '1.0.0', AnyInput)
      .steps({ Fail: 1 })
      .onFailure(
        recordingPlan(log, {
          'Remove the server': async () => Promise.reject(new AppError('UNAVAILABLE', 'the platform is away')),
        }),
      )
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'initdb failed')), quick);
      });
    const workflows = [story];
    await bench.worker(workflows, { undoBudgetMs: 1500 });
    const id = await bench.enqueue(workflows, story.name);
    const { failure } = await bench.reach(id, 'FAILED');
    expect(failure).toEqual({
      code: 'STEP_FAILED',
      message: 'initdb failed. Could not be cleaned up: Remove the server (the platform is away)',
      step: 'Fail',
    });
    expect(log.filter((line) => line === 'Remove the server').length).toBeGreaterThanOrEqual(2);
    expect(log.slice(-2)).toEqual(['Remove the volume', 'settle STEP_FAILED']);
  });

  it('goes on where it was when its worker stops, and takes nothing back twice', async () => {
    const log: string[] = [];
    let available = false;
    const story = defineWorkflow('undo-resumed', '1.0.0', AnyInput)
      .steps({ Fail: 1 })
      .onFailure(
        recordingPlan(log, {
          'Remove the volume': async () => {
            if (!available) throw new AppError('UNAVAILABLE', 'not yet');
          },
        }),
      )
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'broken')), quick);
      });
    const workflows = [story];
    const first = await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    await eventually('the second undo step', () => log.includes('Remove the volume'));
    expect((await bench.read(id)).state).toBe('RUNNING');
    await first.stop({ graceMs: 0 });
    available = true;
    await bench.worker(workflows);
    expect(await bench.reach(id, 'FAILED')).toMatchObject({ failure: { message: 'broken' }, fence: 2 });
    expect(log.filter((line) => line === 'Remove the server')).toHaveLength(1);
    expect(log.filter((line) => line.startsWith('settle'))).toEqual(['settle STEP_FAILED']);
  });

  it('ends the operation even if its records cannot be settled, and says so', async () => {
    const story = defineWorkflow('unsettled', '1.0.0', AnyInput)
      .steps({ Fail: 1 })
      .onFailure({ settle: async () => Promise.reject(new AppError('CONFLICT', 'the row is odd')) })
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'broken')), quick);
      });
    const workflows = [story];
    await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    const { failure } = await bench.reach(id, 'FAILED');
    expect(failure?.message).toBe('broken. Could not be cleaned up: The record (the row is odd)');
  });

  it('has its time in all, over every worker that works on it', async () => {
    const log: string[] = [];
    const away = async () => Promise.reject(new AppError('UNAVAILABLE', 'the platform is away'));
    const story = defineWorkflow('undo-for-long', '1.0.0', AnyInput)
      .steps({ Fail: 1 })
      .onFailure(recordingPlan(log, { 'Remove the volume': away }))
      .run(async ({ step }) => {
        await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'broken')), quick);
      });
    const workflows = [story];
    const first = await bench.worker(workflows);
    const id = await bench.enqueue(workflows, story.name);
    await eventually('the stuck undo step', () => log.includes('Remove the volume'));
    await first.stop({ graceMs: 0 });
    const aged = await bench.database.orm.execute(sql`
      UPDATE cms.operation_undo_steps SET finished_at = now() - interval '16 minutes'
      WHERE operation_id = ${id} AND name = ''`);
    expect(aged.rowCount).toBe(1);
    await bench.worker(workflows);
    expect((await bench.reach(id, 'FAILED')).failure?.message).toContain('Remove the volume (the platform is away)');
    expect(log.filter((line) => line === 'Remove the server')).toHaveLength(1);
  });
});
