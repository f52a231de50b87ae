import { setTimeout as delay } from 'node:timers/promises';
import type { Workflow } from '../../jobs/workflow/define-workflow.ts';

const QUIET_MS = 2000;

/** Tells when the workflows that it counts are told no story any more, forward or back. */
export function storyCounter() {
  let underWay = 0;
  let changedAt = 0;
  const count =
    <A extends unknown[]>(work: (...given: A) => Promise<void>) =>
    async (...given: A): Promise<void> => {
      underWay += 1;
      try {
        await work(...given);
      } finally {
        underWay -= 1;
        changedAt = performance.now();
      }
    };
  return {
    counted(workflow: Workflow): Workflow {
      const { onFailure } = workflow;
      const undo = onFailure.undo?.bind(onFailure);
      return {
        ...workflow,
        run: count(workflow.run.bind(workflow)),
        onFailure: {
          ...onFailure,
          ...(undo && { undo: count(undo) }),
          settle: count(onFailure.settle.bind(onFailure)),
        },
      };
    },
    async untilQuiet(): Promise<void> {
      changedAt = performance.now();
      while (underWay > 0 || performance.now() < changedAt + QUIET_MS) await delay(100);
    },
  };
}
