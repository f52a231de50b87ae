import { InstanceInput } from './inputs.ts';
import { reopenInstance, settleInstanceFailed } from './records-at-end.ts';
import { bringUpNewServer, bringUpSteps, makeGround, makingSteps } from './servers/bring-up.ts';
import { serverOf, takeDownServer } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new, empty server. What a failed creation made is removed; its record, error and events stay. */
export const createInstance = defineWorkflow('create-instance', '1.0.0', InstanceInput)
  .steps({ ...makingSteps(5, 2, 2), ...bringUpSteps(30, 40, 20, 1) })
  .onFailure({
    undo: (context, { instanceId }) => takeDownServer(context, instanceId),
    settle: settleInstanceFailed,
    reopen: reopenInstance,
  })
  .run(async (context, { instanceId }) => {
    const server = serverOf(context, instanceId);
    await makeGround(context, server);
    await bringUpNewServer(context, instanceId, server);
  });
