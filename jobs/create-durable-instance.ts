import { InstanceInput } from './inputs.ts';
import { reopenInstance, settleInstanceFailed } from './records-at-end.ts';
import { durableWorkerAt, WORKER_START } from './servers/durable-worker.ts';
import { READINESS } from './servers/readiness.ts';
import { CONNECTION_TEST, MAKING, serverOf, takeDownServer } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new, empty server with pg_durable: RUNNING when functions can be started on it. */
export const createDurableInstance = defineWorkflow('create-durable-instance', '1.0.0', InstanceInput)
  .steps({
    'Create the volume': 5,
    'Create the secret': 2,
    'Create the configuration': 2,
    'Start the server': 25,
    'Wait until the server is ready': 30,
    'Test the connection': 15,
    'Create the extension': 5,
    'Wait for the durable worker': 15,
    'Mark the instance running': 1,
  })
  .onFailure({
    undo: (context, { instanceId }) => takeDownServer(context, instanceId),
    settle: settleInstanceFailed,
    reopen: reopenInstance,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const server = serverOf(context, instanceId);
    await step('Create the volume', server.ensureVolume, MAKING);
    await step('Create the secret', server.ensureSecret);
    await step('Create the configuration', server.ensureConfiguration);
    await step('Start the server', server.start, MAKING);
    const endpoint = await step.until('Wait until the server is ready', server.ready, READINESS);
    await step('Test the connection', server.connectAt(endpoint), CONNECTION_TEST);
    const worker = durableWorkerAt(context, instanceId, endpoint);
    await step('Create the extension', worker.createExtension);
    await step.until('Wait for the durable worker', worker.isAlive, WORKER_START);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
