import * as z from 'zod';
import { defineWorkflow } from '../jobs/workflow/define-workflow.ts';
import type { Order } from '../jobs/workflow/operation-queue.ts';

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

/** Waits for ever in its only step. */
export const waiting = defineWorkflow('bench-waiting', '1.0.0', z.object({}))
  .steps({ Wait: 1 })
  .onFailure({ settle: async () => undefined })
  .run(async ({ step }) => {
    await step.until('Wait', async () => ({ progress: null }));
  });

/** An operation on nothing. */
export const AN_ORDER: Order = {
  kind: 'CREATE_INSTANCE',
  actor: { kind: 'SYSTEM', id: null, name: 'bench' },
  instanceId: null,
  imageId: null,
  excludesOnInstance: false,
  excludesOnImage: false,
};
