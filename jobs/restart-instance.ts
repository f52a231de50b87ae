import { CONNECTION_TEST, lookWhetherReady, READINESS, testConnection } from './parts/come-up.ts';
import { InstanceInput } from './parts/inputs.ts';
import { letShutdownEnd, settleAsPlatformShows } from './parts/rest.ts';
import { ensureServer, MAKING, STOPPING, stopServer } from './parts/server-parts.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Stops a server and starts it again. A failure takes nothing back: the data is live. */
export const restartInstance = defineWorkflow('restart-instance', '1.0.0', InstanceInput)
  .steps({
    'Stop the server': 30,
    'Start the server': 10,
    'Wait until the server is ready': 35,
    'Test the connection': 20,
    'Mark the instance running': 5,
  })
  .onFailure({
    undo: (context, { instanceId }) => letShutdownEnd(context, instanceId),
    settle: settleAsPlatformShows,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    await step('Stop the server', () => stopServer(context, instanceId), STOPPING);
    await step('Start the server', () => ensureServer(context, instanceId), MAKING);
    const endpoint = await step.until(
      'Wait until the server is ready',
      () => lookWhetherReady(context, instanceId),
      READINESS,
    );
    await step('Test the connection', () => testConnection(context, instanceId, endpoint), CONNECTION_TEST);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
