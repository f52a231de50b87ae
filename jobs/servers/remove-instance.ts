import type { RunContext } from '../workflow/context.ts';
import { REMOVING, STOPPING, serverOf } from './server-steps.ts';

/** The steps that remove a server with its data, with their weights; 100 in all. */
export const REMOVAL_STEPS = {
  'Stop the server': 40,
  'Remove the server': 10,
  'Remove the configuration': 5,
  'Remove the secret': 5,
  'Remove the volume': 35,
  'Mark the instance deleted': 5,
} as const;

/** Removes a server with its data; its images stay. The names go last. */
export async function removeInstance(
  context: RunContext<keyof typeof REMOVAL_STEPS>,
  instanceId: string,
): Promise<void> {
  const { step, instances } = context;
  const server = serverOf(context, instanceId);
  await step('Stop the server', server.stop, STOPPING);
  await step('Remove the server', server.remove, STOPPING);
  await step('Remove the configuration', server.removeConfiguration);
  await step('Remove the secret', server.removeSecret);
  await step('Remove the volume', server.removeVolume, REMOVING);
  await step.commit('Mark the instance deleted', (tx) => instances.markDeleted(tx, instanceId));
}
