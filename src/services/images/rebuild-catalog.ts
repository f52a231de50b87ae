import { readImageFacts } from '../../../jobs/images/build-manifest.ts';
import { compareWithStore, refuseDifferences } from '../../../jobs/images/checksums.ts';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { ImageManifest } from '../../../jobs/ports/manifest.ts';
import type { ImageRecords } from '../../../jobs/ports/records.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import { fileKeyContext } from '../../secrets/file-key-context.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { insertImage, isNameHeld, lockImage, setImageCreation } from '../../stores/images/writes.ts';

export interface CatalogDependencies {
  readonly database: Database;
  readonly store: ImageStore;
  readonly secrets: SecretBox;
  readonly images: ImageRecords;
  /** The platform that the images count as of. */
  readonly platformId: string;
}

/** What became of one image of the store. */
export type FoundImage = { readonly imageId: string } & (
  | { readonly outcome: 'added'; readonly name: string; readonly formerName: string | null }
  | { readonly outcome: 'known' }
  | { readonly outcome: 'unusable'; readonly cause: string }
);

const LONGEST_NAME = 63;

/**
 * Records every image that the store holds and the records do not, by its sealed manifest, so that it can be restored again.
 * Tells of each as it is looked at. What is recorded already, in whatever state, is left as it is: again changes nothing.
 * Throws UNAVAILABLE when the store or the records do not answer.
 */
export async function* rebuildCatalog(dependencies: CatalogDependencies): AsyncGenerator<FoundImage> {
  for (const imageId of await dependencies.store.listImageIds()) {
    try {
      yield await addImage(dependencies, imageId);
    } catch (error) {
      if (!(error instanceof AppError) || (error.code === 'UNAVAILABLE' && !isForeignKey(error))) throw error;
      yield { imageId, outcome: 'unusable', cause: error.message };
    }
  }
}

/** The store answers; the key of this one image is not here. */
function isForeignKey(error: AppError): boolean {
  return error.message.includes('was encrypted with the key');
}

async function addImage(dependencies: CatalogDependencies, imageId: string): Promise<FoundImage> {
  const { database, store, secrets, images, platformId } = dependencies;
  const isKnown = await database.transaction(async (tx) => (await lockImage(tx, imageId)) !== null);
  if (isKnown) return { imageId, outcome: 'known' };
  const manifest = await store.readManifest(imageId);
  const { encryptedPassword } = manifest.superuser;
  // Whoever cannot open it could not restore the image.
  secrets.decrypt(encryptedPassword, imageId);
  const encryptedOwnerPassword = manifest.owner?.encryptedPassword ?? null;
  if (encryptedOwnerPassword !== null) secrets.decrypt(encryptedOwnerPassword, ownerContext(imageId));
  const encryptedFileKey = manifest.encryption?.encryptedKey ?? null;
  if (encryptedFileKey !== null) secrets.decrypt(encryptedFileKey, fileKeyContext(imageId));
  await requireFiles(store, manifest);
  const facts = await readImageFacts({ store }, imageId);
  return database.transaction(async (tx) => {
    if ((await lockImage(tx, imageId)) !== null) return { imageId, outcome: 'known' };
    const formerName = (await isNameHeld(tx, manifest.imageName)) ? manifest.imageName : null;
    const name = formerName === null ? manifest.imageName : otherName(formerName, imageId);
    await insertImage(tx, {
      id: imageId,
      name,
      description: null,
      method: manifest.method,
      imageType: manifest.imageType,
      postgresVersion: manifest.postgresVersion,
      sourceInstanceId: manifest.sourceInstanceId,
      sourceInstanceName: manifest.sourceInstanceName,
      platform: platformId,
      sourceStorageGib: manifest.sourceStorageGib,
      encryptedPassword,
      encryptedOwnerPassword,
      encrypted: encryptedFileKey !== null,
      encryptedFileKey,
      labels: {},
      protected: false,
      expiresAt: null,
      scheduleId: null,
      acceptLoss: 'OBJECTS',
    });
    await images.markAvailable(tx, imageId, facts);
    await setImageCreation(tx, imageId, new Date(manifest.startedAt));
    return { imageId, outcome: 'added', name, formerName };
  });
}

/** As a restore would look: every file, with its size and MD5. */
async function requireFiles(store: ImageStore, { imageId, files }: ImageManifest): Promise<void> {
  const stored = await store.listFiles(imageId);
  refuseDifferences('Its files are not what its manifest says', compareWithStore(files, stored));
}

/** A name that nobody else has: the image's own, and the beginning of its id. */
function otherName(name: string, imageId: string): string {
  const suffix = imageId.slice(0, 8);
  return `${name.slice(0, LONGEST_NAME - suffix.length - 1).replace(/-+$/, '')}-${suffix}`;
}
