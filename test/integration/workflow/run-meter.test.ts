import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import type { RunMeter } from '../../../src/workflow/runs/run-meter.ts';
import { AnyInput, type Bench, eventually, nothingToSettle, openBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.stop());

function createRecorder() {
  const claims: Parameters<RunMeter['runClaimed']>[0][] = [];
  const steps: Parameters<RunMeter['stepEnded']>[0][] = [];
  const ends: Parameters<RunMeter['runEnded']>[0][] = [];
  const meter: RunMeter = {
    runClaimed: (claim) => void claims.push(claim),
    stepEnded: (step) => void steps.push(step),
    runEnded: (end) => void ends.push(end),
  };
  return { meter, claims, steps, ends };
}

test('a run that goes well is claimed once, and each step and its end are told', async () => {
  const workflow = defineWorkflow('measured', '1.0.0', AnyInput)
    .steps({ First: 1, Wait: 1, Last: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('First', async () => undefined);
      let looks = 0;
      await step.until('Wait', async () => (looks++ < 2 ? { progress: null } : { done: undefined }), {
        intervalMs: 50,
      });
      await step.commit('Last', async () => undefined);
    });
  const { meter, claims, steps, ends } = createRecorder();
  await bench.worker([workflow], { meter });
  const id = await bench.enqueue([workflow], 'measured');
  await bench.reach(id, 'SUCCEEDED');
  await eventually('the end to be told', () => ends.length > 0);
  expect(claims).toEqual([{ workflow: 'measured', takeover: false }]);
  expect(steps.map(({ step, end }) => `${step} ${end}`)).toEqual([
    'First succeeded',
    'Wait succeeded',
    'Last succeeded',
  ]);
  expect(steps[1]?.seconds).toBeGreaterThanOrEqual(0.1);
  expect(ends).toEqual([{ workflow: 'measured', end: 'SUCCEEDED' }]);
});

test('a step that fails is told once, however often it was tried, and the run ends FAILED', async () => {
  let tries = 0;
  const workflow = defineWorkflow('failing', '1.0.0', AnyInput)
    .steps({ Try: 1, Never: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step(
        'Try',
        async () => {
          tries += 1;
          throw new AppError('UNAVAILABLE', 'not now');
        },
        { attempts: 3, delayMs: 10 },
      );
      await step('Never', async () => undefined);
    });
  const { meter, steps, ends } = createRecorder();
  await bench.worker([workflow], { meter });
  await bench.reach(await bench.enqueue([workflow], 'failing'), 'FAILED');
  await eventually('the end to be told', () => ends.length > 0);
  expect(tries).toBe(3);
  expect(steps).toMatchObject([{ workflow: 'failing', step: 'Try', end: 'failed' }]);
  expect(ends).toEqual([{ workflow: 'failing', end: 'FAILED' }]);
});

test('a run that is cancelled in a step is told as such, and one cancelled while it waits is no takeover', async () => {
  const workflow = defineWorkflow('cancelled', '1.0.0', AnyInput)
    .steps({ Wait: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step.until('Wait', async () => ({ progress: null }), { intervalMs: 20 });
    });
  const { meter, claims, steps, ends } = createRecorder();
  const queue = bench.queue([workflow]);
  const waiting = await bench.enqueue([workflow], 'cancelled');
  await queue.cancel(waiting);
  await bench.worker([workflow], { meter });
  await bench.reach(waiting, 'CANCELLED');
  const running = await bench.enqueue([workflow], 'cancelled');
  await eventually('the step to run', async () => (await bench.steps(running))[0]?.state === 'RUNNING');
  await queue.cancel(running);
  await bench.reach(running, 'CANCELLED');
  await eventually('both ends to be told', () => ends.length === 2);
  expect(claims.map(({ takeover }) => takeover)).toEqual([false, false]);
  expect(steps).toMatchObject([{ step: 'Wait', end: 'cancelled' }]);
  expect(ends.map(({ end }) => end)).toEqual(['CANCELLED', 'CANCELLED']);
});

test('a run that was handed back is a takeover for the next worker', async () => {
  let isOpen = false;
  const workflow = defineWorkflow('handed', '1.0.0', AnyInput)
    .steps({ Wait: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step.until('Wait', async () => (isOpen ? { done: undefined } : { progress: null }), { intervalMs: 20 });
    });
  const [first, second] = [createRecorder(), createRecorder()];
  const worker = await bench.worker([workflow], { meter: first.meter });
  const id = await bench.enqueue([workflow], 'handed');
  await eventually('the step to run', async () => (await bench.steps(id))[0]?.state === 'RUNNING');
  await worker.stop({ graceMs: 100 });
  isOpen = true;
  await bench.worker([workflow], { meter: second.meter });
  await bench.reach(id, 'SUCCEEDED');
  await eventually('the end to be told', () => second.ends.length > 0);
  expect(first.claims).toEqual([{ workflow: 'handed', takeover: false }]);
  expect(first.steps).toMatchObject([{ step: 'Wait', end: 'interrupted' }]);
  expect(first.ends).toEqual([]);
  expect(second.claims).toEqual([{ workflow: 'handed', takeover: true }]);
  expect(second.steps).toMatchObject([{ step: 'Wait', end: 'succeeded' }]);
});

test('a retried run is no takeover, although its fence goes on', async () => {
  let isAway = true;
  const workflow = defineWorkflow('retried', '1.0.0', AnyInput)
    .steps({ Try: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('Try', async () => {
        if (isAway) throw new AppError('STEP_FAILED', 'not this time');
      });
    });
  const { meter, claims } = createRecorder();
  await bench.worker([workflow], { meter });
  const id = await bench.enqueue([workflow], 'retried');
  await bench.reach(id, 'FAILED');
  isAway = false;
  await bench.queue([workflow]).retry(id);
  await bench.reach(id, 'SUCCEEDED');
  expect(claims.map(({ takeover }) => takeover)).toEqual([false, false]);
  expect((await bench.read(id)).fence).toBe(2);
});
