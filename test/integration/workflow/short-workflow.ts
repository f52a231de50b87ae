import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { AnyInput, nothingToSettle } from './bench.ts';

/** Does one piece of work and commits nothing. */
export function shortWorkflow(name: string, version = '1.0.0', work: () => Promise<unknown> = async () => undefined) {
  return defineWorkflow(name, version, AnyInput)
    .steps({ Work: 1, Commit: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('Work', async () => void (await work()));
      await step.commit('Commit', async () => undefined);
    });
}
