import { FILLING, fillVolume } from './images/fill-volume.ts';
import { takeDownRestore } from './images/take-down-restore.ts';
import { InstanceInput } from './inputs.ts';
import { reopenRestore, settleInstanceFailed } from './records-at-end.ts';
import { READINESS } from './servers/readiness.ts';
import { CONNECTION_TEST, MAKING, serverOf } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new server from an image: a job fills its volume before it starts. The image is only read. */
export const restoreInstance = defineWorkflow('restore-instance', '1.0.0', InstanceInput)
  .steps({
    ...FILLING,
    'Start the server': 4,
    'Wait until the server is ready': 5,
    'Test the connection': 5,
    'Mark the instance running': 1,
  })
  .onFailure({
    undo: (context, { instanceId }) => takeDownRestore(context, instanceId),
    settle: settleInstanceFailed,
    reopen: reopenRestore,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const server = serverOf(context, instanceId);
    await fillVolume(context, instanceId, server);
    await step('Start the server', server.start, MAKING);
    const endpoint = await step.until('Wait until the server is ready', server.ready, READINESS);
    await step('Test the connection', server.connectAt(endpoint), CONNECTION_TEST);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
