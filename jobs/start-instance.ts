import { CONNECTION_TEST, lookWhetherReady, READINESS, testConnection } from './parts/come-up.ts';
import { InstanceInput } from './parts/inputs.ts';
import { settleAsPlatformShows } from './parts/rest.ts';
import { ensureServer, MAKING } from './parts/server-parts.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Starts a stopped server on its data. A failure takes nothing back: the data is live. */
export const startInstance = defineWorkflow('start-instance', '1.0.0', InstanceInput)
  .steps({
    'Start the server': 20,
    'Wait until the server is ready': 50,
    'Test the connection': 25,
    'Mark the instance running': 5,
  })
  .onFailure({ settle: settleAsPlatformShows })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    await step('Start the server', () => ensureServer(context, instanceId), MAKING);
    const endpoint = await step.until(
      'Wait until the server is ready',
      () => lookWhetherReady(context, instanceId),
      READINESS,
    );
    await step('Test the connection', () => testConnection(context, instanceId, endpoint), CONNECTION_TEST);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
