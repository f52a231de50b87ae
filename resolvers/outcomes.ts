import type { ImageRecord, InstanceRecord } from '../jobs/ports/records.ts';
import type { ApiContext } from './context.ts';
import type { Accepted } from './ports/commands.ts';
import type { DrillRecord } from './ports/drills.ts';
import type { OperationRecord } from './ports/records.ts';

/** What a mutation of an instance answers with. */
export interface InstanceOutcome {
  readonly instance: InstanceRecord | null;
  readonly operation: OperationRecord | null;
  readonly notices: readonly string[];
}

/** What a mutation of an image answers with. */
export interface ImageOutcome {
  readonly image: ImageRecord | null;
  readonly operation: OperationRecord | null;
  readonly notices: readonly string[];
}

/** What verifyImage answers with. */
export interface DrillOutcome extends ImageOutcome {
  readonly drill: DrillRecord | null;
}

/** What a mutation answers with that is about neither. */
export interface ServerOutcome {
  readonly operation: OperationRecord | null;
  readonly notices: readonly string[];
}

async function readOperation({ loaders }: ApiContext, { operationId }: Accepted): Promise<OperationRecord | null> {
  return operationId === null ? null : loaders.operations.load(operationId);
}

/**
 * The records as they stand after a mutation, read anew: an earlier mutation of the same request may have read them.
 * A null where the schema has none is a fault of the command and reaches the client as INTERNAL.
 */
export async function readInstanceOutcome(context: ApiContext, accepted: Accepted): Promise<InstanceOutcome> {
  const { loaders } = context;
  loaders.clear();
  const { instanceId, notices } = accepted;
  const [instance, operation] = await Promise.all([
    instanceId === null ? null : loaders.instances.load(instanceId),
    readOperation(context, accepted),
  ]);
  return { instance, operation, notices };
}

/** The same for mutations of images. */
export async function readImageOutcome(context: ApiContext, accepted: Accepted): Promise<ImageOutcome> {
  const { loaders } = context;
  loaders.clear();
  const { imageId, notices } = accepted;
  const [image, operation] = await Promise.all([
    imageId === null ? null : loaders.images.load(imageId),
    readOperation(context, accepted),
  ]);
  return { image, operation, notices };
}

/** The same for verifyImage. */
export async function readDrillOutcome(context: ApiContext, accepted: Accepted): Promise<DrillOutcome> {
  const outcome = await readImageOutcome(context, accepted);
  const { drillId } = accepted;
  return { ...outcome, drill: drillId == null ? null : await context.loaders.drills.load(drillId) };
}

/** The same for mutations about neither. */
export async function readServerOutcome(context: ApiContext, accepted: Accepted): Promise<ServerOutcome> {
  context.loaders.clear();
  return { operation: await readOperation(context, accepted), notices: accepted.notices };
}
