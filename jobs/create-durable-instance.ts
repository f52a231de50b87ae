import { InstanceInput } from './inputs.ts';
import { reopenInstance, settleInstanceFailed } from './records-at-end.ts';
import { bringUpNewServer, bringUpSteps, makeGround, makingSteps } from './servers/bring-up.ts';
import { durableWorkerAt, WORKER_START } from './servers/durable-worker.ts';
import { serverOf, takeDownServer } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new, empty server with pg_durable: RUNNING when functions can be started on it. */
export const createDurableInstance = defineWorkflow('create-durable-instance', '1.0.0', InstanceInput)
  .steps({
    ...makingSteps(5, 2, 2),
    ...bringUpSteps(25, 30, 15, 1, { 'Create the extension': 5, 'Wait for the durable worker': 15 }),
  })
  .onFailure({
    undo: (context, { instanceId }) => takeDownServer(context, instanceId),
    settle: settleInstanceFailed,
    reopen: reopenInstance,
  })
  .run(async (context, { instanceId }) => {
    const { step } = context;
    const server = serverOf(context, instanceId);
    await makeGround(context, server);
    await bringUpNewServer(context, instanceId, server, async (endpoint) => {
      const worker = durableWorkerAt(context, instanceId, endpoint);
      await step('Create the extension', worker.createExtension);
      await step.until('Wait for the durable worker', worker.isAlive, WORKER_START);
    });
  });
