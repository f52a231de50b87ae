import type { Json } from '../../../jobs/ports/json.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Accepted, Caller, UpdateInstance } from '../../../resolvers/ports/commands.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import { applyLabelChange } from '../../../schema/rules/label-rules.ts';
import type { OperationKind } from '../../../schema/states.ts';
import { beginInstanceDeletion, changeInstance, type LockedInstance } from '../../stores/instances/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { requireInstance, requireOwnPlatform, requireState } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';

/** Whether the volume is to grow. Throws INVALID_INPUT when it is to shrink. */
function isLarger(instance: LockedInstance, storageGib: number): boolean {
  if (storageGib >= instance.storageGib) return storageGib > instance.storageGib;
  throw invalidInput(
    'storageGib',
    'neverShrinks',
    `A volume never shrinks, and this one has ${instance.storageGib} GiB: leave storageGib out.`,
  );
}

function requireGrowable(instance: LockedInstance): void {
  if (instance.state === 'STOPPED') return;
  requireState(instance, 'RUNNING', 'given a larger volume');
}

/**
 * Changes labels and deletion protection at once, since that needs no worker. A larger volume is for the platform to give:
 * that is an operation, and the record's size changes when it is true.
 */
export async function writeInstanceChange(
  dependencies: CommandDependencies,
  tx: Transaction,
  caller: Caller,
  input: UpdateInstance,
): Promise<Accepted> {
  const instance = await requireInstance(tx, input.instanceId);
  if (instance.state === 'DELETED' || instance.state === 'DELETING') {
    throw new AppError(
      'CONFLICT',
      `The instance "${instance.name}" is ${instance.state}: it cannot be changed any more.`,
    );
  }
  const { storageGib } = input;
  const grows = storageGib != null && isLarger(instance, storageGib);
  await changeInstance(tx, instance.id, {
    labels: applyLabelChange(instance.labels, input),
    deletionProtection: input.deletionProtection ?? undefined,
  });
  if (!grows) return { instanceId: instance.id, imageId: null, operationId: null, notices: [] };
  const { instance: _, ...accepted } = await writeInstanceOperation(dependencies, tx, caller, instance.id, {
    kind: 'UPDATE_INSTANCE',
    workflow: 'grow-volume',
    input: { storageGib },
    require: requireGrowable,
  });
  return accepted;
}

/** What an operation on an existing instance asks for, beside being alone there. */
export interface InstanceOperation {
  readonly kind: OperationKind;
  readonly workflow: string;
  /** What the workflow is told beside the instance. */
  readonly input?: Readonly<Record<string, Json>>;
  /** Throws CONFLICT when the instance is not in a state for it. */
  readonly require: (instance: LockedInstance) => void;
}

/** Enqueues an operation that excludes every other one on the instance; the worker changes the state when it is true. */
export async function writeInstanceOperation(
  { queue, platform }: CommandDependencies,
  tx: Transaction,
  caller: Caller,
  instanceId: string,
  operation: InstanceOperation,
): Promise<Accepted & { readonly instance: LockedInstance }> {
  const instance = await requireInstance(tx, instanceId);
  requireOwnPlatform('instance', instance, platform);
  operation.require(instance);
  const claim = { instanceId: instance.id, imageId: null, excludesOnInstance: true, excludesOnImage: false };
  await requireFree(tx, claim);
  const operationId = await queue.enqueue(tx, {
    ...claim,
    kind: operation.kind,
    workflow: operation.workflow,
    input: { ...operation.input, instanceId: instance.id },
    requestedBy: caller.name,
  });
  return { instance, instanceId: instance.id, imageId: null, operationId, notices: [] };
}

function requireDeletable(instance: LockedInstance): void {
  if (instance.state === 'DELETED') {
    throw new AppError('CONFLICT', `The instance "${instance.name}" is DELETED already: there is nothing to do.`);
  }
  if (!instance.deletionProtection) return;
  throw new AppError(
    'CONFLICT',
    `The instance "${instance.name}" is protected from deletion: if it may really go, turn the protection off with ` +
      'updateInstance(deletionProtection: false) and delete it then.',
    { details: { rule: 'deletionProtection' } },
  );
}

/**
 * Begins a deletion, from any state. A FAILED record stays FAILED until it is DELETED: as DELETING it would hold its name
 * again, which may be another instance's by now.
 */
export async function writeInstanceDeletion(
  dependencies: CommandDependencies,
  tx: Transaction,
  caller: Caller,
  instanceId: string,
): Promise<Accepted> {
  const { instance, ...accepted } = await writeInstanceOperation(dependencies, tx, caller, instanceId, {
    kind: 'DELETE_INSTANCE',
    workflow: 'delete-instance',
    require: requireDeletable,
  });
  if (instance.state !== 'FAILED') await beginInstanceDeletion(tx, instance.id);
  return accepted;
}
