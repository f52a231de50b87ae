import { AppError } from '../../schema/errors.ts';
import type { ImageMethod } from '../../schema/states.ts';
import type { StoredFile } from '../ports/image-store.ts';
import type { ImageManifest } from '../ports/manifest.ts';
import type { ImageRecord, InstanceRecord } from '../ports/records.ts';
import type { WorkflowServices } from '../workflow/context.ts';
import { checksumsNameOf, compareWithStore, findChecksums, refuseDifferences } from './checksums.ts';

/** What a restore goes by, as a step returns it. */
export type ImageToRestore = { readonly imageId: string; readonly databaseBytes: number; readonly sizeBytes: number };

/**
 * Looks whether the image of an instance can be restored into it: AVAILABLE, its manifest whole and ours, made of what
 * the instance is recorded to be, and every file in the store with the size and MD5 that the manifest has.
 * Throws CONFLICT for a state, STEP_FAILED naming what is wrong otherwise.
 */
export async function readImageToRestore(
  services: WorkflowServices,
  instanceId: string,
  method: ImageMethod,
): Promise<ImageToRestore> {
  const { instances, store } = services;
  const instance = await instances.read(instanceId);
  const image = await readAvailableImage(services, instance);
  const manifest = await store.readManifest(image.id).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    throw new AppError('STEP_FAILED', `The image "${image.name}" has no manifest in the blob store any more.`);
  });
  refuseOther(instance, image.name, manifest, method);
  const stored = await store.listFiles(image.id);
  refuseArchived(image.name, manifest, stored);
  refuseDifferences(
    `The files of the image "${image.name}" are not what its manifest says`,
    compareWithStore(manifest.files, stored),
  );
  const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { imageId: image.id, databaseBytes: manifest.databaseBytes, sizeBytes };
}

/** The image that an instance is made from. Throws CONFLICT with its state when it is not AVAILABLE. */
export async function readAvailableImage(
  { images }: Pick<WorkflowServices, 'images'>,
  { name, sourceImageId }: InstanceRecord,
): Promise<ImageRecord> {
  if (sourceImageId === null) {
    throw new AppError('STEP_FAILED', `The instance "${name}" was not asked for from an image.`);
  }
  const image = await images.read(sourceImageId);
  if (image.state === 'AVAILABLE') return image;
  throw new AppError('CONFLICT', `The image "${image.name}" is ${image.state}; only an AVAILABLE one can be restored.`);
}

/** What lies in the archive tier is listed like any other, and read by nobody. */
function refuseArchived(imageName: string, { files }: ImageManifest, stored: readonly StoredFile[]): void {
  const needed = new Set(files.map(({ name }) => name));
  const archived = stored.filter(({ name, archived }) => archived && needed.has(name));
  if (archived.length === 0) return;
  throw new AppError(
    'CONFLICT',
    `${archived.length} of ${files.length} files of the image "${imageName}" are in the archive tier of the blob store ` +
      `(${archived[0]?.name}). Bring them back first (az storage blob set-tier --tier Hot), which takes up to 15 hours.`,
  );
}

function refuseOther(instance: InstanceRecord, imageName: string, manifest: ImageManifest, method: ImageMethod): void {
  if (manifest.method !== method) {
    throw new AppError('STEP_FAILED', `The image "${imageName}" is ${manifest.method} by its manifest, not ${method}.`);
  }
  const isLoadable =
    manifest.postgresVersion === instance.postgresVersion ||
    (method === 'LOGICAL' && Number(manifest.postgresVersion) < Number(instance.postgresVersion));
  if (manifest.imageType !== instance.imageType || !isLoadable) {
    throw new AppError(
      'STEP_FAILED',
      `The image "${imageName}" is of ${manifest.imageType} ${manifest.postgresVersion}, the instance was reserved as ${instance.imageType} ${instance.postgresVersion}.`,
    );
  }
  if (findChecksums(manifest) === undefined) {
    throw new AppError(
      'STEP_FAILED',
      `The manifest of the image "${imageName}" does not list ${checksumsNameOf(manifest)}.`,
    );
  }
}
