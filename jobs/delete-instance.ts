import { InstanceInput } from './inputs.ts';
import { REMOVING, STOPPING, serverOf } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/**
 * Removes a server with its data; its images stay. What fails stays DELETING with its failure and keeps its names, to
 * be retried.
 */
export const deleteInstance = defineWorkflow('delete-instance', '1.0.0', InstanceInput)
  .steps({
    'Stop the server': 40,
    'Remove the server': 10,
    'Remove the configuration': 5,
    'Remove the secret': 5,
    'Remove the volume': 35,
    'Mark the instance deleted': 5,
  })
  .onFailure({
    settle: (tx, { instances }, { instanceId }, failure) => instances.setFailure(tx, instanceId, failure),
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const server = serverOf(context, instanceId);
    await step('Stop the server', server.stop, STOPPING);
    await step('Remove the server', server.remove, STOPPING);
    await step('Remove the configuration', server.removeConfiguration);
    await step('Remove the secret', server.removeSecret);
    await step('Remove the volume', server.removeVolume, REMOVING);
    await step.commit('Mark the instance deleted', (tx) => instances.markDeleted(tx, instanceId));
  });
