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

/** Waits for ever in its only step. */
export const waiting = defineWorkflow('bench-waiting', '1.0.0', z.object({}))
  .steps({ Wait: 1 })
  .onFailure({ settle: async () => undefined })
  .run(async ({ step }) => {
    await step.until('Wait', async () => ({ progress: null }));
  });

/** An operation on nothing, as it is enqueued. */
export function requestOf({ name }: { readonly name: string }) {
  return {
    kind: 'CREATE_INSTANCE',
    workflow: name,
    input: {},
    instanceId: null,
    imageId: null,
    excludesOnInstance: false,
    excludesOnImage: false,
    requestedBy: 'bench',
  } as const;
}
