import { InstanceInput } from './inputs.ts';
import { REMOVAL_STEPS, removeInstance } from './servers/remove-instance.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/**
 * Removes a server with its data; its images stay. What fails stays DELETING with its failure and keeps its names, to
 * be retried.
 */
export const deleteInstance = defineWorkflow('delete-instance', '1.0.0', InstanceInput)
  .steps(REMOVAL_STEPS)
  .onFailure({
    settle: (tx, { instances }, { instanceId }, failure) => instances.setFailure(tx, instanceId, failure),
  })
  .run((context, { instanceId }) => removeInstance(context, instanceId));
