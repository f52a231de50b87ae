import { randomUUID } from 'node:crypto';
import { deleteInstance } from '../../../jobs/delete-instance.ts';
import { deleteInstanceAfterImage } from '../../../jobs/delete-instance-after-image.ts';
import { growVolume } from '../../../jobs/grow-volume.ts';
import type { InstanceInput } from '../../../jobs/inputs.ts';
import type { Parameters } from '../../../jobs/servers/parameters.ts';
import { requireUnprotected } from '../../../jobs/servers/require-unprotected.ts';
import { isPending } from '../../../jobs/servers/started.ts';
import type { Workflow } from '../../../jobs/workflow/define-workflow.ts';
import type { Accepted, UpdateInstance } from '../../../resolvers/ports/commands.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import type { Hosting } from '../../../schema/rules/hosting-rules.ts';
import { applyLabelChange } from '../../../schema/rules/label-rules.ts';
import type { OperationKind } from '../../../schema/states.ts';
import { beginInstanceDeletion, changeInstance, type LockedInstance } from '../../stores/instances/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { keepScopeLabels } from '../access/granted-scope.ts';
import type { Admission } from '../commands/gate.ts';
import { requireInstance, requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { requireState } from '../commands/require-state.ts';
import { insertImageOf } from '../images/create-image.ts';
import { chooseConnectionSecret } from './connection-secret.ts';
import { changedHosting } from './hosting.ts';
import { noticesOfRoom } from './room.ts';

/** Whether the volume is to grow. Throws INVALID_INPUT when it is to shrink. */
function isLarger(instance: LockedInstance, storageGib: number): boolean {
  if (storageGib >= instance.storageGib) return storageGib > instance.storageGib;
  throw invalidInput(
    'storageGib',
    'neverShrinks',
    `A volume never shrinks, and this one has ${instance.storageGib} GiB: leave storageGib out.`,
  );
}

/** What starts the server meanwhile would start it as it was before, and the record would not tell. */
async function requireStartFree({ tx }: Admission, { id }: LockedInstance): Promise<void> {
  await requireFree(tx, { instanceId: id, imageId: null, excludesOnInstance: false, excludesOnImage: false });
}

async function requireGrowable(instance: LockedInstance, { tx }: Admission): Promise<void> {
  if (instance.state === 'STOPPED') return;
  await requireState(tx, instance, 'RUNNING', 'given a larger volume');
}

/** What was changed of the next start, where the server that runs has it otherwise. */
function noticesOfStart(
  instance: LockedInstance,
  { parameters, hosting }: { readonly parameters: Parameters | undefined; readonly hosting: Hosting | undefined },
): string[] {
  if (instance.state !== 'RUNNING') return [];
  const now = { ...instance, parameters: instance.startedParameters, hosting: instance.startedHosting };
  const what = [
    ...(parameters !== undefined && isPending({ ...now, parameters }) ? ['The parameters take'] : []),
    ...(hosting !== undefined && isPending({ ...now, hosting }) ? ['How it is hosted takes'] : []),
  ];
  return what.map((words) => `${words} effect at the next start: restart the instance.`);
}

/**
 * Changes labels, deletion protection and what the next start gives the server at once, since that needs no worker. A larger volume is for the platform to give:
 * that is an operation, and the record's size changes when it is true.
 */
export async function writeInstanceChange(
  dependencies: CommandDependencies,
  admission: Admission,
  input: UpdateInstance,
): Promise<Accepted> {
  const instance = await requireInstance(admission, input.instanceId);
  if (instance.state === 'DELETED' || instance.state === 'DELETING') {
    throw new AppError(
      'CONFLICT',
      `The instance "${instance.name}" is ${instance.state}: it cannot be changed any more.`,
    );
  }
  const { storageGib, parameters } = input;
  const hosting = await changedHosting(dependencies.platform, instance, input);
  if (parameters != null || hosting !== undefined) await requireStartFree(admission, instance);
  const grows = storageGib != null && isLarger(instance, storageGib);
  await changeInstance(admission.tx, instance.id, {
    labels: keepScopeLabels(admission.caller, applyLabelChange(instance.labels, input), input.removeLabels),
    deletionProtection: input.deletionProtection ?? undefined,
    parameters: parameters ?? undefined,
    hosting,
    connectionSecret: chooseConnectionSecret(dependencies.platform, instance, input.connectionSecret),
  });
  const notices = noticesOfStart(instance, { parameters: parameters ?? undefined, hosting });
  if (!grows) return { instanceId: instance.id, imageId: null, operationId: null, notices };
  const { instance: _, ...accepted } = await writeInstanceOperation(dependencies, admission, instance.id, {
    kind: 'UPDATE_INSTANCE',
    workflow: growVolume,
    input: ({ id }) => ({ instanceId: id, storageGib }),
    require: requireGrowable,
  });
  const ofRoom = await noticesOfRoom(dependencies.platform, storageGib);
  return { ...accepted, notices: [...accepted.notices, ...notices, ...ofRoom] };
}

/** What an operation on an existing instance asks for, beside being alone there. */
export interface InstanceOperation<I extends InstanceInput> {
  readonly kind: OperationKind;
  readonly workflow: Workflow<I>;
  readonly input: (instance: LockedInstance) => I;
  /** Throws CONFLICT when the instance is not in a state for it. */
  readonly require: (instance: LockedInstance, admission: Admission) => void | Promise<void>;
}

/** Enqueues an operation that excludes every other one on the instance; the worker changes the state when it is true. */
export async function writeInstanceOperation<I extends InstanceInput>(
  { queue }: CommandDependencies,
  admission: Admission,
  instanceId: string,
  { kind, workflow, input, require }: InstanceOperation<I>,
): Promise<Accepted & { readonly instance: LockedInstance }> {
  const { tx, caller } = admission;
  const instance = await requireInstance(admission, instanceId);
  requireOwnPlatform(admission, 'instance', instance);
  await require(instance, admission);
  const claim = { instanceId: instance.id, imageId: null, excludesOnInstance: true, excludesOnImage: false };
  await requireFree(tx, claim);
  const operationId = await queue.enqueue(tx, workflow, input(instance), { ...claim, kind, actor: caller });
  return { instance, instanceId: instance.id, imageId: null, operationId, notices: [] };
}

function requireDeletable(instance: LockedInstance): void {
  if (instance.state === 'DELETED') {
    throw new AppError('CONFLICT', `The instance "${instance.name}" is DELETED already: there is nothing to do.`);
  }
  requireUnprotected(instance);
}

/**
 * Begins a deletion, from any state. A FAILED record stays FAILED until it is DELETED: as DELETING it would hold its name
 * again, which may be another instance's by now.
 */
export async function writeInstanceDeletion(
  dependencies: CommandDependencies,
  admission: Admission,
  instanceId: string,
): Promise<Accepted> {
  const { instance, ...accepted } = await writeInstanceOperation(dependencies, admission, instanceId, {
    kind: 'DELETE_INSTANCE',
    workflow: deleteInstance,
    input: ({ id }) => ({ instanceId: id }),
    require: requireDeletable,
  });
  if (instance.state !== 'FAILED') await beginInstanceDeletion(admission.tx, instance.id);
  return accepted;
}

/**
 * Begins a deletion that a last image comes before. The instance stays RUNNING until that is AVAILABLE; whatever keeps it from
 * being so keeps the instance.
 */
export async function writeDeletionAfterImage(
  dependencies: CommandDependencies,
  admission: Admission,
  instanceId: string,
  name: string,
): Promise<Accepted> {
  const { tx, caller } = admission;
  const instance = await requireInstance(admission, instanceId);
  requireOwnPlatform(admission, 'instance', instance);
  requireDeletable(instance);
  await requireState(tx, instance, 'RUNNING', 'imaged before it is deleted');
  const imageId = randomUUID();
  const claim = { instanceId: instance.id, imageId, excludesOnInstance: true, excludesOnImage: true };
  await requireFree(tx, claim);
  await insertImageOf(dependencies, admission, instance, { name }, 'LOGICAL', imageId);
  const operationId = await dependencies.queue.enqueue(
    tx,
    deleteInstanceAfterImage,
    { instanceId: instance.id, imageId },
    { ...claim, kind: 'DELETE_INSTANCE', actor: caller },
  );
  return { instanceId: instance.id, imageId: null, operationId, notices: [] };
}
