import { CONNECTION_TEST, lookWhetherReady, READINESS, testConnection } from './parts/come-up.ts';
import { reopenInstance, settleInstanceFailed } from './parts/creation-end.ts';
import { InstanceInput } from './parts/inputs.ts';
import {
  ensureConfiguration,
  ensureSecret,
  ensureServer,
  ensureVolume,
  MAKING,
  takeDownServer,
} from './parts/server-parts.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new, empty server. What a failed creation made is removed; its record, error and events stay. */
export const createInstance = defineWorkflow('create-instance', '1.0.0', InstanceInput)
  .steps({
    'Create the volume': 5,
    'Create the secret': 2,
    'Create the configuration': 2,
    'Start the server': 30,
    'Wait until the server is ready': 40,
    'Test the connection': 20,
    'Mark the instance running': 1,
  })
  .onFailure({
    undo: (context, { instanceId }) => takeDownServer(context, instanceId),
    settle: settleInstanceFailed,
    reopen: reopenInstance,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    await step('Create the volume', () => ensureVolume(context, instanceId), MAKING);
    await step('Create the secret', () => ensureSecret(context, instanceId));
    await step('Create the configuration', () => ensureConfiguration(context, instanceId));
    await step('Start the server', () => ensureServer(context, instanceId), MAKING);
    const endpoint = await step.until(
      'Wait until the server is ready',
      () => lookWhetherReady(context, instanceId),
      READINESS,
    );
    await step('Test the connection', () => testConnection(context, instanceId, endpoint), CONNECTION_TEST);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
