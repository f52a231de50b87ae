import { AppError } from '../../schema/errors.ts';
import type { InstanceInput } from '../inputs.ts';
import type { FailureRecord } from '../ports/records.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UndoContext, WorkflowServices } from '../workflow/context.ts';
import { startedOf } from './started.ts';

/** Refuses to take up again what was asked of a server that is going or gone. */
export async function requireKept(
  _tx: Transaction,
  { instances }: WorkflowServices,
  { instanceId }: InstanceInput,
): Promise<void> {
  const { name, state } = await instances.read(instanceId);
  if (state === 'RUNNING' || state === 'STOPPED') return;
  throw new AppError('CONFLICT', `The instance "${name}" is ${state}: there is nothing to try again with.`);
}

/**
 * Waits until a shutdown that was begun has ended: what it leads to is the truth, and nobody can call it back. A start
 * that has not come so far that the server has an address is called back. See docs/adr/0002-a-cancelled-stop.md.
 */
export async function letChangeEnd({ undo, platform, instances }: UndoContext, instanceId: string): Promise<void> {
  await undo('Let the change of the server end', async () => {
    const instance = await instances.read(instanceId);
    const { phase, endpoint } = await platform.readServer(instance);
    if (phase === 'STOPPING') throw new AppError('UNAVAILABLE', 'The server is still shutting down.');
    if (phase === 'STARTING' && endpoint === null) await platform.stopServer(instance);
  });
}

/**
 * Records what went wrong with a server that has data, in the state that the platform shows: RUNNING when it takes
 * connections or is on its way there, STOPPED when no process is there, else as it was. It is never FAILED: that would
 * free its name. A platform that does not answer changes nothing.
 */
export async function settleAsPlatformShows(
  tx: Transaction,
  { platform, instances }: WorkflowServices,
  { instanceId }: InstanceInput,
  failure: FailureRecord,
): Promise<void> {
  const instance = await instances.read(instanceId);
  const status = await platform.readServer(instance).catch(() => null);
  const { phase, endpoint } = status ?? {};
  // Nobody looks after a STOPPED one: it must not come up behind the record's back.
  if ((phase === 'READY' || phase === 'STARTING') && endpoint) {
    await instances.markRunning(tx, instanceId, { ...endpoint, ...startedOf(status ?? {}) });
  }
  if (phase === 'STOPPED' || phase === 'FAILED') await instances.markStopped(tx, instanceId);
  await instances.setFailure(tx, instanceId, failure);
}
