import { and, eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { operationSteps } from '../../../drizzle/tables/index.ts';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { AnyInput, nothingToSettle, useBench } from './bench.ts';

const bench = useBench();

it('a step that has ended its worker five hundred times fails its operation, and a retry begins to count anew', async () => {
  const story = defineWorkflow('endless', '1.0.0', AnyInput)
    .steps({ Loop: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('Loop', async () => 1);
    });
  const id = await bench.enqueue([story], 'endless');
  await bench.database.orm
    .update(operationSteps)
    .set({ state: 'RUNNING', attempt: 500 })
    .where(and(eq(operationSteps.operationId, id), eq(operationSteps.name, 'Loop')));
  await bench.worker([story]);
  const failed = await bench.reach(id, 'FAILED', 'SUCCEEDED');
  expect(failed).toMatchObject({ state: 'FAILED', failure: { code: 'STEP_FAILED', step: 'Loop' } });
  expect(failed.failure?.message).toContain('500 times');

  await bench.queue([story]).retry(id);
  expect((await bench.reach(id, 'FAILED', 'SUCCEEDED')).state).toBe('SUCCEEDED');
});
