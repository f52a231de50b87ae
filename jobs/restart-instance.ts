import { InstanceInput } from './inputs.ts';
import { bringUpAgain, bringUpSteps } from './servers/bring-up.ts';
import { STOPPING, serverOf } from './servers/server-steps.ts';
import { letChangeEnd, requireKept, settleAsPlatformShows } from './servers/settle-as-shown.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Stops a server and starts it again. A failure takes nothing back: the data is live. */
export const restartInstance = defineWorkflow('restart-instance', '1.0.0', InstanceInput)
  .steps({ 'Stop the server': 30, ...bringUpSteps(10, 35, 20, 5) })
  .onFailure({
    undo: (context, { instanceId }) => letChangeEnd(context, instanceId),
    settle: settleAsPlatformShows,
    reopen: requireKept,
  })
  .run(async (context, { instanceId }) => {
    const server = serverOf(context, instanceId);
    await context.step('Stop the server', server.stop, STOPPING);
    await bringUpAgain(context, instanceId, server);
  });
