import { InstanceInput } from './inputs.ts';
import { STOPPING, serverOf } from './servers/server-steps.ts';
import { letChangeEnd, requireKept, settleAsPlatformShows } from './servers/settle-as-shown.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Stops a server and keeps its data. Cancelled midway, it ends in what the platform then shows. */
export const stopInstance = defineWorkflow('stop-instance', '1.0.0', InstanceInput)
  .steps({ 'Stop the server': 95, 'Mark the instance stopped': 5 })
  .onFailure({
    undo: (context, { instanceId }) => letChangeEnd(context, instanceId),
    settle: settleAsPlatformShows,
    reopen: requireKept,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    await step('Stop the server', serverOf(context, instanceId).stop, STOPPING);
    await step.commit('Mark the instance stopped', (tx) => instances.markStopped(tx, instanceId));
  });
