import { randomUUID } from 'node:crypto';
import { findImageWorkflows, type ImageWorkflows, imageWorkflows } from '../../../jobs/image-workflows.ts';
import type { Accepted, CreateImage } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { ImageMethod } from '../../../schema/states.ts';
import { generateFileKey } from '../../secrets/age/generate-file-key.ts';
import { fileKeyContext } from '../../secrets/file-key-context.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import { insertImage } from '../../stores/images/writes.ts';
import type { LockedInstance } from '../../stores/instances/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { labelWithScope } from '../access/granted-scope.ts';
import type { Admission } from '../commands/gate.ts';
import { requireInstance, requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { requireState } from '../commands/require-state.ts';

/** How images can be taken, the ways that are offered first. */
export function readImageMethods(): readonly ImageMethod[] {
  return imageWorkflows.map(({ method }) => method);
}

/** How the image is taken. UNAVAILABLE for a method that there is no workflow for. */
export function chooseImageWorkflows(
  input: Pick<CreateImage, 'method'>,
  { defaultMethod = 'LOGICAL' }: Pick<CommandDependencies, 'defaultMethod'>,
): ImageWorkflows {
  const method = input.method ?? defaultMethod;
  const found = findImageWorkflows(method);
  if (found !== null) return found;
  throw new AppError('UNAVAILABLE', `${method} images are not available yet: ask for LOGICAL.`, {
    details: { field: 'method', rule: 'notAvailableYet' },
  });
}

/**
 * Reserves the record of a new image of a locked source that is RUNNING, and answers with its id. The source's passwords are
 * kept for the image, so that they outlive the source. Where its files are to be encrypted it gets a key of its own.
 */
export async function insertImageOf(
  { platform, secrets, encryptImages = false }: CommandDependencies,
  { tx, caller }: Admission,
  source: LockedInstance,
  input: Omit<CreateImage, 'instanceId'>,
  method: ImageMethod,
  id: string,
): Promise<void> {
  if (source.encryptedPassword === null) throw new Error(`instance ${source.id} is RUNNING without a password`);
  const ownerPassword = source.encryptedOwnerPassword;
  const encrypted = input.encrypt ?? encryptImages;
  await insertImage(tx, {
    id,
    name: input.name,
    description: input.description ?? null,
    method,
    imageType: source.imageType,
    postgresVersion: source.postgresVersion,
    sourceInstanceId: source.id,
    sourceInstanceName: source.name,
    platform: platform.id,
    sourceStorageGib: source.storageGib,
    encryptedPassword: secrets.encrypt(secrets.decrypt(source.encryptedPassword, source.id), id),
    encryptedOwnerPassword:
      ownerPassword === null
        ? null
        : secrets.encrypt(secrets.decrypt(ownerPassword, ownerContext(source.id)), ownerContext(id)),
    encrypted,
    encryptedFileKey: encrypted ? secrets.encrypt(await generateFileKey(), fileKeyContext(id)) : null,
    labels: labelWithScope(caller, { ...input.labels }),
    protected: input.protected ?? false,
    expiresAt: input.expiresAt ?? null,
    scheduleId: null,
    acceptLoss: input.acceptLoss ?? 'OBJECTS',
  });
}

/**
 * Writes a new image with the operation that fills it. The source may be imaged by others at the same time, and by
 * nothing else worked on.
 */
export async function writeNewImage(
  dependencies: CommandDependencies,
  admission: Admission,
  input: CreateImage,
  { method, create }: ImageWorkflows,
): Promise<Accepted> {
  const { tx, caller } = admission;
  const { queue } = dependencies;
  const source = await requireInstance(admission, input.instanceId);
  requireOwnPlatform(admission, 'instance', source);
  await requireState(tx, source, 'RUNNING', 'imaged');
  const id = randomUUID();
  const claim = { instanceId: source.id, imageId: id, excludesOnInstance: false, excludesOnImage: true };
  await requireFree(tx, claim);
  await insertImageOf(dependencies, admission, source, input, method, id);
  const operationId = await queue.enqueue(
    tx,
    create,
    { imageId: id },
    { ...claim, kind: 'CREATE_IMAGE', actor: caller },
  );
  return { instanceId: null, imageId: id, operationId, notices: [] };
}
