import { z } from 'zod';
import { defineWorkflow } from '../jobs/workflow/define-workflow.ts';

/** Does nothing in five steps: what it costs is the engine's. */
export const nothing = defineWorkflow('bench-nothing', '1.0.0', z.object({}))
  .steps({ One: 1, Two: 1, Three: 1, Four: 1, Five: 1 })
  .onFailure({ settle: async () => undefined })
  .run(async ({ step }) => {
    await step('One', async () => undefined);
    await step('Two', async () => undefined);
    await step('Three', async () => undefined);
    await step('Four', async () => undefined);
    await step.commit('Five', async () => undefined);
  });
