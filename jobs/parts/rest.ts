import { AppError } from '../../schema/errors.ts';
import type { FailureRecord } from '../ports/records.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UndoContext, WorkflowServices } from '../workflow/context.ts';
import type { InstanceInput } from './inputs.ts';

/**
 * Waits until a shutdown that was begun has ended: what it leads to is the truth, and nobody can call it back.
 * See docs/adr/0002-a-cancelled-stop.md.
 */
export async function letShutdownEnd({ undo, platform, instances }: UndoContext, instanceId: string): Promise<void> {
  await undo('Let the shutdown end', async () => {
    const { phase } = await platform.readServer(await instances.read(instanceId));
    if (phase === 'STOPPING') throw new AppError('UNAVAILABLE', 'The server is still shutting down.');
  });
}

/**
 * Records what went wrong with a server that has data, in the state that the platform shows: RUNNING when it takes
 * connections, STOPPED when no process is there, else as it was. It is never FAILED: that would free its name.
 * A platform that does not answer changes nothing.
 */
export async function settleAsPlatformShows(
  tx: Transaction,
  { platform, instances }: WorkflowServices,
  { instanceId }: InstanceInput,
  failure: FailureRecord,
): Promise<void> {
  const instance = await instances.read(instanceId);
  const status = await platform.readServer(instance).catch(() => null);
  if (status?.phase === 'READY' && status.endpoint) await instances.markRunning(tx, instanceId, status.endpoint);
  if (status?.phase === 'STOPPED' || status?.phase === 'FAILED') await instances.markStopped(tx, instanceId);
  await instances.setFailure(tx, instanceId, failure);
}
