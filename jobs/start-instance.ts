import { InstanceInput } from './inputs.ts';
import { bringUpAgain, bringUpSteps } from './servers/bring-up.ts';
import { serverOf } from './servers/server-steps.ts';
import { letChangeEnd, requireKept, settleAsPlatformShows } from './servers/settle-as-shown.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Starts a stopped server on its data. A failure takes nothing back: the data is live. */
export const startInstance = defineWorkflow('start-instance', '1.0.0', InstanceInput)
  .steps(bringUpSteps(20, 50, 25, 5))
  .onFailure({
    undo: (context, { instanceId }) => letChangeEnd(context, instanceId),
    settle: settleAsPlatformShows,
    reopen: requireKept,
  })
  .run((context, { instanceId }) => bringUpAgain(context, instanceId, serverOf(context, instanceId)));
