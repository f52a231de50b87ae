import type { FailurePlan } from '../../../jobs/workflow/define-workflow.ts';

/** A plan that writes down what is asked of it. */
export function recordingPlan(
  log: string[],
  undo: Partial<Record<string, () => Promise<void>>> = {},
): FailurePlan<object> {
  return {
    async undo({ undo: run }) {
      await run('Remove the server', async () => {
        log.push('Remove the server');
        await undo['Remove the server']?.();
      });
      await run('Remove the volume', async () => {
        log.push('Remove the volume');
        await undo['Remove the volume']?.();
      });
    },
    async settle(_tx, _services, _input, failure) {
      log.push(`settle ${failure.code}`);
    },
  };
}
