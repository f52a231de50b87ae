import { FILLING, fillVolume } from './images/fill-volume.ts';
import { takeDownRestore } from './images/take-down-restore.ts';
import { InstanceInput } from './inputs.ts';
import { reopenInstance, settleInstanceFailed } from './records-at-end.ts';
import { durableWorkerAt, WORKER_START } from './servers/durable-worker.ts';
import { READINESS } from './servers/readiness.ts';
import { CONNECTION_TEST, MAKING, serverOf } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/**
 * A new server with pg_durable from an image. Functions to be cancelled are cancelled by the job, before any worker runs;
 * those to be resumed go on when the worker is alive, and only then the instance is RUNNING.
 */
export const restoreDurableInstance = defineWorkflow('restore-durable-instance', '1.0.0', InstanceInput)
  .steps({
    ...FILLING,
    'Start the server': 3,
    'Wait until the server is ready': 4,
    'Test the connection': 3,
    'Wait for the durable worker': 4,
    'Mark the instance running': 1,
  })
  .onFailure({
    undo: (context, { instanceId }) => takeDownRestore(context, instanceId),
    settle: settleInstanceFailed,
    reopen: reopenInstance,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const server = serverOf(context, instanceId);
    await fillVolume(context, instanceId, server);
    await step('Start the server', server.start, MAKING);
    const endpoint = await step.until('Wait until the server is ready', server.ready, READINESS);
    await step('Test the connection', server.connectAt(endpoint), CONNECTION_TEST);
    const worker = durableWorkerAt(context, instanceId, endpoint);
    await step.until('Wait for the durable worker', worker.isAliveUnlessOff, WORKER_START);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
