import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../schema/errors.ts';
import type { ImageManifest, ManifestFile } from '../ports/manifest.ts';
import type { EncryptedSecrets, ImageFacts, ImageRecord } from '../ports/records.ts';
import { OWNER_NAME, SUPERUSER_NAME } from '../ports/superuser.ts';
import type { WorkflowServices } from '../workflow/context.ts';
import type { TakenImage } from './taken-image.ts';
import { readVerifiedFiles } from './verify-upload.ts';

/** The manifest of an image, the same from the same facts. */
export function buildManifest(
  image: ImageRecord,
  result: TakenImage,
  files: readonly ManifestFile[],
  { superuser, owner, fileKey }: EncryptedSecrets,
): ImageManifest {
  const { databases, databaseBytes, cluster, serverVersion, tools, startedAt, finishedAt, notices, findings } = result;
  const { extensions, durable, unpackedBytes } = result;
  return {
    formatVersion: 1,
    imageId: image.id,
    imageName: image.name,
    imageType: image.imageType,
    method: image.method,
    postgresVersion: image.postgresVersion,
    serverVersion,
    sourceInstanceId: image.sourceInstanceId,
    sourceInstanceName: image.sourceInstanceName,
    sourceStorageGib: image.sourceStorageGib,
    cluster,
    superuser: { username: SUPERUSER_NAME, encryptedPassword: superuser.value, keyId: superuser.keyId },
    owner: owner && { username: OWNER_NAME, encryptedPassword: owner.value, keyId: owner.keyId },
    encryption: fileKey && { format: 'age-encryption.org/v1', encryptedKey: fileKey.value, keyId: fileKey.keyId },
    databases,
    databaseBytes,
    extensions,
    durable,
    files: [...files],
    unpackedBytes,
    tools,
    startedAt,
    finishedAt,
    notices,
    findings,
  };
}

/** Writes the manifest, which makes the prefix an image, and reads it back as a restore would. */
export async function publishManifest(
  { store, images }: WorkflowServices,
  imageId: string,
  result: TakenImage,
): Promise<void> {
  const files = await readVerifiedFiles({ store, images }, imageId, result);
  const manifest = buildManifest(await images.read(imageId), result, files, await images.readEncryptedSecrets(imageId));
  await store.writeManifest(imageId, manifest);
  const readBack = await store.readManifest(imageId);
  // By content: the job's result may have come back from the records, where keys have no order.
  if (!isDeepStrictEqual(readBack, manifest)) {
    throw new AppError('STEP_FAILED', 'The blob store gives another manifest back than the one that was written.');
  }
}

/** What the record of an image is to say, from the manifest as it stands in the store. */
export async function readImageFacts({ store }: Pick<WorkflowServices, 'store'>, imageId: string): Promise<ImageFacts> {
  const manifest = await store.readManifest(imageId);
  const { databases, files, databaseBytes, cluster, extensions, durable, notices, findings, startedAt } = manifest;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const facts = { databases, files, sizeBytes, databaseBytes, cluster, extensions, durable, notices, findings };
  // The snapshots were opened after it: the data is never older than this says.
  return { ...facts, verifiedAt: new Date(), takenAt: new Date(startedAt) };
}
