import { findImageWorkflows, type ImageWorkflows } from '../../../jobs/image-workflows.ts';
import { OWNER_NAME } from '../../../jobs/ports/superuser.ts';
import type { CreateInstance } from '../../../resolvers/ports/commands.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import type { BackgroundWork, DurableFunctions, ImageType, Loss } from '../../../schema/states.ts';
import { fileKeyContext } from '../../secrets/file-key-context.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { LockedImage } from '../../stores/images/writes.ts';
import { readInstanceHosting } from '../../stores/instances/writes.ts';
import type { Admission } from '../commands/gate.ts';
import { requireImage } from '../commands/locked-records.ts';
import { requireAvailable } from '../commands/require-state.ts';
import { decideOnBackgroundWork } from './background-work.ts';
import { decideOnFunctions } from './durable-functions.ts';
import type { SourceHosting } from './hosting.ts';

/** What a restored instance takes from its image, and what that changed of the input. */
export interface RestoreSource {
  readonly imageId: string;
  /** How an image of its method is restored. */
  readonly restore: ImageWorkflows['restore'];
  readonly imageType: ImageType;
  readonly postgresVersion: string;
  readonly storageGib: number;
  readonly password: string;
  /** Null where the server is to have no login that is no superuser. */
  readonly ownerPassword: string | null;
  readonly durableFunctions: DurableFunctions;
  readonly allowExtensionUpgrade: boolean;
  readonly acceptLoss: Loss;
  readonly backgroundWork: BackgroundWork;
  readonly databases: string[] | null;
  /** How the image's source is hosted; null where nothing is known of it. */
  readonly hosting: SourceHosting | null;
  readonly notices: readonly string[];
}

function requireSame(field: 'imageType' | 'postgresVersion', asked: string | null | undefined, has: string): void {
  if (asked == null || asked === has) return;
  throw invalidInput(field, 'sameAsImage', `The image has ${field} ${has}: leave ${field} out, or give that.`);
}

/** The version to restore to: the image's, or a newer one, which reads what an older one wrote where that is SQL. */
function chooseMajor(
  { method, postgresVersion: has }: Pick<LockedImage, 'method' | 'postgresVersion'>,
  asked: string | null | undefined,
): string {
  if (asked == null || asked === has) return has;
  if (method !== 'LOGICAL') requireSame('postgresVersion', asked, has);
  if (Number(asked) > Number(has)) return asked;
  throw invalidInput(
    'postgresVersion',
    'notOlderThanImage',
    `The image is of PostgreSQL ${has}, and an older version does not load what that wrote: leave postgresVersion out, or give ${has} or a newer one.`,
  );
}

/** The databases to restore, or null for all. Throws INVALID_INPUT that lists what there is for one that is not in the image. */
function chooseDatabases(
  { method, databases }: Pick<LockedImage, 'method' | 'databases'>,
  wanted: readonly string[] | null,
): string[] | null {
  if (wanted === null) return null;
  if (method !== 'LOGICAL') {
    throw invalidInput(
      'databases',
      'onlyLogical',
      `An image of the method ${method} comes back as a whole: leave databases out.`,
    );
  }
  const names = databases.map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length === 0) return [...wanted];
  throw invalidInput(
    'databases',
    'inImage',
    `The image has no database ${unknown.join(', ')}: choose of ${names.join(', ')}, or leave databases out for all.`,
  );
}

/** Null where the source had no such login, or where its database is not among the ones to restore. */
function readOwnerPassword(
  { id, encryptedOwnerPassword }: LockedImage,
  secrets: SecretBox,
  databases: readonly string[] | null,
): string | null {
  if (encryptedOwnerPassword === null || databases?.includes(OWNER_NAME) === false) return null;
  return secrets.decrypt(encryptedOwnerPassword, ownerContext(id));
}

/**
 * Looks the image up before anything is reserved, since it decides type, version, passwords and least size.
 * Throws NOT_FOUND, CONFLICT with the image's state unless AVAILABLE, INVALID_INPUT for a type or version not its own.
 */
export async function readRestoreSource(
  admission: Admission,
  secrets: SecretBox,
  input: CreateInstance & { readonly sourceImageId: string },
): Promise<RestoreSource> {
  const found = await requireImage(admission, input.sourceImageId, 'sourceImageId');
  const image = await requireAvailable(admission.tx, found, 'restored');
  const workflows = findImageWorkflows(image.method);
  if (workflows === null) {
    throw new AppError('UNAVAILABLE', `This release cannot restore images of the method ${image.method}.`);
  }
  // Whoever could not read its files is to hear so before anything is made.
  if (image.encryptedFileKey !== null) secrets.decrypt(image.encryptedFileKey, fileKeyContext(image.id));
  requireSame('imageType', input.imageType, image.imageType);
  const postgresVersion = chooseMajor(image, input.postgresVersion);
  const notices: string[] = [];
  if (postgresVersion !== image.postgresVersion) {
    notices.push(
      `The image is of PostgreSQL ${image.postgresVersion} and is restored to ${postgresVersion}: findings of the instance say what that version refuses or has otherwise.`,
    );
  }
  if (input.password != null) {
    notices.push("The password was ignored: a restored instance has its source's password (see instanceCredentials).");
  }
  const least = image.sourceStorageGib;
  if (input.storageGib != null && input.storageGib < least) {
    notices.push(`storageGib was raised from ${input.storageGib} to ${least}, the size of the image's source.`);
  }
  const durable = await decideOnFunctions(admission.tx, image, input.durableFunctions ?? null);
  notices.push(...durable.notices);
  const databases = chooseDatabases(image, input.databases ?? null);
  const work = await decideOnBackgroundWork(admission.tx, image, input.backgroundWork ?? null);
  notices.push(...work.notices);
  return {
    imageId: image.id,
    restore: workflows.restore,
    imageType: image.imageType,
    postgresVersion,
    storageGib: Math.max(input.storageGib ?? least, least),
    password: secrets.decrypt(image.encryptedPassword, image.id),
    ownerPassword: readOwnerPassword(image, secrets, databases),
    durableFunctions: durable.decision,
    allowExtensionUpgrade: input.allowExtensionUpgrade ?? false,
    acceptLoss: input.acceptLoss ?? 'OBJECTS',
    backgroundWork: work.decision,
    databases,
    hosting: await readInstanceHosting(admission.tx, image.sourceInstanceId),
    notices,
  };
}
