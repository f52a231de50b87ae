import { InstanceInput } from './inputs.ts';
import { READINESS } from './servers/readiness.ts';
import { CONNECTION_TEST, MAKING, serverOf } from './servers/server-steps.ts';
import { letChangeEnd, requireKept, settleAsPlatformShows } from './servers/settle-as-shown.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Starts a stopped server on its data. A failure takes nothing back: the data is live. */
export const startInstance = defineWorkflow('start-instance', '1.0.0', InstanceInput)
  .steps({
    'Start the server': 20,
    'Wait until the server is ready': 50,
    'Test the connection': 25,
    'Mark the instance running': 5,
  })
  .onFailure({
    undo: (context, { instanceId }) => letChangeEnd(context, instanceId),
    settle: settleAsPlatformShows,
    reopen: requireKept,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const server = serverOf(context, instanceId);
    await step('Start the server', server.start, MAKING);
    const endpoint = await step.until('Wait until the server is ready', server.ready, READINESS);
    await step('Test the connection', server.connectAt(endpoint), CONNECTION_TEST);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
