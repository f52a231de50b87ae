import { AppError } from '../../schema/errors.ts';
import type { Address, ServerSecret } from '../ports/platform/servers.ts';
import type { Poll, RunFacts, UntilOptions, WorkflowServices } from '../workflow/context.ts';
import { readServerSpec } from './server-spec.ts';

const ONE_TRY_MS = 10_000;

/** A node of a cluster looks once a minute for what its pods are to be given. */
export const SETTING: UntilOptions = { timeoutMs: 300_000, intervalMs: 2_000 };

const AROUND = 'the server does not take the recorded password any more: setting another one through the platform';

/**
 * One look whether a server takes this password, which it is given by the login that it takes; where it takes none that is
 * recorded, by the platform. A server that has no address, and no password, have nothing to be done.
 */
export async function lookWhetherSet(
  context: WorkflowServices & RunFacts,
  instanceId: string,
  by: ServerSecret,
  login: ServerSecret | null,
): Promise<Poll<null>> {
  const address = await readAddress(context, instanceId);
  if (address === null || login === null) return { done: null };
  if (await context.probe.ensurePassword(address, by, login, { timeoutMs: ONE_TRY_MS })) return { done: null };
  await context.platform.ensureLogin(await readServerSpec(context, instanceId), login);
  return { progress: { message: AROUND } };
}

/**
 * The same of the recorded password when a run is taken back. What fails may leave the server with a password that nobody knows,
 * so that it is tried again; a server that does not run is left as it is. `ifRefused`: what a server that takes neither login is:
 * as it was before, or to be given it through the platform.
 */
export async function takePasswordBack(
  context: WorkflowServices & RunFacts,
  instanceId: string,
  {
    by,
    login,
    ifRefused,
  }: { readonly by: ServerSecret; readonly login: ServerSecret; readonly ifRefused: 'leave' | 'ask' },
): Promise<void> {
  const { phase } = await context.platform.readServer(await context.instances.read(instanceId));
  const address = await readAddress(context, instanceId);
  if ((phase !== 'READY' && phase !== 'STARTING') || address === null) return;
  if (await context.probe.ensurePassword(address, by, login, { timeoutMs: ONE_TRY_MS })) return;
  if (ifRefused === 'leave') return;
  await context.platform.ensureLogin(await readServerSpec(context, instanceId), login);
  throw new AppError('UNAVAILABLE', 'The server has not taken the recorded password yet.');
}

async function readAddress({ instances, platform }: WorkflowServices, instanceId: string): Promise<Address | null> {
  const instance = await instances.read(instanceId);
  return (await platform.readServer(instance)).endpoint ?? instance.endpoint;
}
