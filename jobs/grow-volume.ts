import { GrowthInput } from './inputs.ts';
import { askForGrowth, GROWTH, lookWhetherGrown } from './servers/volume-growth.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/**
 * A larger volume for a server, which goes on meanwhile. The record has the old size until the new one is true. A failure
 * takes nothing back: a volume that was asked to grow cannot be asked to shrink.
 */
export const growVolume = defineWorkflow('grow-volume', '1.0.0', GrowthInput)
  .steps({ 'Ask for a larger volume': 10, 'Wait until the volume has grown': 85, 'Record the new size': 5 })
  .onFailure({ settle: async () => undefined })
  .run(async (context, { instanceId, storageGib }) => {
    const { step, instances } = context;
    await step('Ask for a larger volume', (scope) => askForGrowth(context, instanceId, storageGib, scope));
    await step.until(
      'Wait until the volume has grown',
      () => lookWhetherGrown(context, instanceId, storageGib),
      GROWTH,
    );
    await step.commit('Record the new size', (tx) => instances.markGrown(tx, instanceId, storageGib));
  });
