import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import { fileKeyContext } from '../../secrets/file-key-context.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { changeAuthorityKey } from '../../stores/authorities/authorities.ts';
import { keepImageSecrets, lockImage } from '../../stores/images/writes.ts';
import { keepInstanceSecrets, lockInstance } from '../../stores/instances/writes.ts';
import { listOtherwiseEncrypted, readKeyIds } from '../../stores/upkeep/key-ids.ts';
import { changeWebhook, lockWebhook } from '../../stores/webhooks/webhooks.ts';

/**
 * Throws INVALID_INPUT when secrets in the records are encrypted with a key that is not configured: whoever started all the
 * same could neither log in to those servers nor restore those images.
 */
export async function requireKnownKeys(database: Database, configured: readonly string[]): Promise<void> {
  const missing = (await readKeyIds(database)).filter((id) => !configured.includes(id));
  if (missing.length === 0) return;
  throw new AppError(
    'INVALID_INPUT',
    `TOYGRES_ENCRYPTION_KEY: the records hold secrets that were encrypted with the key ${missing.join(' and ')}, which is ` +
      `not configured (${configured.join(', ')} is). Set it to the key that was used before, or to both, the newest first, ` +
      'separated by a comma. On embedded defaults it stands in the file encryption-key of the home.',
  );
}

export interface RotationDependencies {
  readonly database: Database;
  readonly store: ImageStore;
  readonly secrets: SecretBox;
}

/** What was encrypted anew, and what could not be. */
export interface Rotation {
  readonly instances: number;
  readonly images: number;
  readonly webhooks: number;
  /** One sentence for each image that stays as it is. */
  readonly left: readonly string[];
}

/**
 * Encrypts with the newest key what was encrypted with an older one: the passwords of instances and images, the keys of
 * images' files, the manifests of images, the secrets of webhooks and the authority of servers' certificates, one by one, while servers run. Again: what is left.
 * When nothing is left the older keys can go.
 */
export async function rotateKeys(dependencies: RotationDependencies): Promise<Rotation> {
  const { database, secrets } = dependencies;
  const older = await listOtherwiseEncrypted(database, secrets.primaryKeyId);
  const left: string[] = [];
  let [instances, images, webhooks] = [0, 0, 0];
  for (const id of older.instances) instances += await rotateInstance(dependencies, id);
  for (const id of older.images) {
    try {
      images += await rotateImage(dependencies, id);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
      left.push(`${id}: ${error.message}`);
    }
  }
  for (const id of older.webhooks) webhooks += await rotateWebhook(dependencies, id);
  for (const id of older.authorities) {
    await database.transaction((tx) => changeAuthorityKey(tx, id, (value) => anew(secrets, value, id)));
  }
  return { instances, images, webhooks, left };
}

/** The same secret, encrypted with the newest key; null stays null. */
function anew<T extends string | null>(secrets: SecretBox, value: T, context: string): T {
  return (value === null ? null : secrets.encrypt(secrets.decrypt(value, context), context)) as T;
}

function rotateInstance({ database, secrets }: RotationDependencies, id: string): Promise<number> {
  return database.transaction(async (tx) => {
    const instance = await lockInstance(tx, id);
    if (instance === null) return 0;
    await keepInstanceSecrets(tx, id, {
      encryptedPassword: anew(secrets, instance.encryptedPassword, id),
      encryptedOwnerPassword: anew(secrets, instance.encryptedOwnerPassword, ownerContext(id)),
      nextEncryptedPassword: anew(secrets, instance.nextEncryptedPassword, id),
    });
    return 1;
  });
}

/** Its row is held meanwhile, so that no deletion takes the prefix away under a manifest that is written anew. */
function rotateImage({ database, store, secrets }: RotationDependencies, id: string): Promise<number> {
  return database.transaction(async (tx) => {
    const image = await lockImage(tx, id);
    if (image === null || image.encryptedPassword === null) return 0;
    // Its manifest may be on its way to the store with the secrets as they are now.
    if (image.state === 'CREATING')
      throw new AppError('CONFLICT', 'The image is being taken: rotate again afterwards.');
    const kept = {
      encryptedPassword: anew(secrets, image.encryptedPassword, id),
      encryptedOwnerPassword: anew(secrets, image.encryptedOwnerPassword, ownerContext(id)),
      encryptedFileKey: anew(secrets, image.encryptedFileKey, fileKeyContext(id)),
    };
    if (image.state === 'AVAILABLE') {
      const manifest = await store.readManifest(id);
      const keyId = secrets.primaryKeyId;
      await store.writeManifest(id, {
        ...manifest,
        superuser: { ...manifest.superuser, encryptedPassword: kept.encryptedPassword, keyId },
        owner: manifest.owner && {
          ...manifest.owner,
          encryptedPassword: anew(secrets, manifest.owner.encryptedPassword, ownerContext(id)),
          keyId,
        },
        encryption: manifest.encryption && {
          ...manifest.encryption,
          encryptedKey: anew(secrets, manifest.encryption.encryptedKey, fileKeyContext(id)),
          keyId,
        },
      });
    }
    await keepImageSecrets(tx, id, kept);
    return 1;
  });
}

function rotateWebhook({ database, secrets }: RotationDependencies, id: string): Promise<number> {
  return database.transaction(async (tx) => {
    const webhook = await lockWebhook(tx, id);
    if (webhook === null) return 0;
    await changeWebhook(tx, id, {
      encryptedSecret: anew(secrets, webhook.encryptedSecret, id),
      encryptedOldSecret: anew(secrets, webhook.encryptedOldSecret, id),
    });
    return 1;
  });
}
