import type { RunContext } from '../workflow/context.ts';
import { REMOVING, type ServerSteps, STOPPING, serverOf } from './server-steps.ts';

/** What is done one after the other to all that belongs to a server. */
export type PartStep =
  | 'Stop the server'
  | 'Remove the server'
  | 'Remove the configuration'
  | 'Remove the secret'
  | 'Remove the volume';

/** The steps that remove all that belongs to a server, with their weights; 95 in all. */
export const PART_REMOVAL_STEPS: Readonly<Record<PartStep, number>> = {
  'Stop the server': 40,
  'Remove the server': 10,
  'Remove the configuration': 5,
  'Remove the secret': 5,
  'Remove the volume': 35,
};

/** The steps that remove a server with its data, with their weights; 100 in all. */
export const REMOVAL_STEPS = { ...PART_REMOVAL_STEPS, 'Mark the instance deleted': 5 } as const;

/** Removes all that belongs to a server, the data last. */
export async function removeParts({ step }: RunContext<PartStep>, server: ServerSteps): Promise<void> {
  await step('Stop the server', server.stopForGood, STOPPING);
  await step('Remove the server', server.remove, STOPPING);
  await step('Remove the configuration', server.removeConfiguration);
  await step('Remove the secret', server.removeSecret);
  await step('Remove the volume', server.removeVolume, REMOVING);
}

/** Removes a server with its data; its images stay. The names go last. */
export async function removeInstance(
  context: RunContext<keyof typeof REMOVAL_STEPS>,
  instanceId: string,
): Promise<void> {
  const { step, instances } = context;
  await removeParts(context, serverOf(context, instanceId));
  await step.commit('Mark the instance deleted', (tx) => instances.markDeleted(tx, instanceId));
}
