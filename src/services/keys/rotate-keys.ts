import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { keepImagePassword, lockImage } from '../../stores/images/writes.ts';
import { keepInstancePassword, lockInstance } from '../../stores/instances/writes.ts';
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
  /** One sentence for each image whose manifest stays as it is. */
  readonly left: readonly string[];
}

/**
 * Encrypts with the newest key what was encrypted with an older one: the passwords of instances and images, the
 * manifests of images and the secrets of webhooks, one by one, while servers run. Again: what is left. When nothing is left the older keys can go.
 */
export async function rotateKeys({ database, store, secrets }: RotationDependencies): Promise<Rotation> {
  const older = await listOtherwiseEncrypted(database, secrets.primaryKeyId);
  const left: string[] = [];
  let [instances, images, webhooks] = [0, 0, 0];
  for (const id of older.instances) {
    instances += await database.transaction(async (tx) => {
      const value = (await lockInstance(tx, id))?.encryptedPassword ?? null;
      if (value === null) return 0;
      await keepInstancePassword(tx, id, secrets.encrypt(secrets.decrypt(value, id), id));
      return 1;
    });
  }
  for (const id of older.images) {
    try {
      images += await rotateImage({ database, store, secrets }, id);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
      left.push(`${id}: ${error.message}`);
    }
  }
  for (const id of older.webhooks) {
    webhooks += await database.transaction(async (tx) => {
      const webhook = await lockWebhook(tx, id);
      if (webhook === null) return 0;
      const anew = (value: string) => secrets.encrypt(secrets.decrypt(value, id), id);
      const { encryptedSecret, encryptedOldSecret } = webhook;
      await changeWebhook(tx, id, {
        encryptedSecret: anew(encryptedSecret),
        encryptedOldSecret: encryptedOldSecret === null ? null : anew(encryptedOldSecret),
      });
      return 1;
    });
  }
  return { instances, images, webhooks, left };
}

/** Its row is held meanwhile, so that no deletion takes the prefix away under a manifest that is written anew. */
async function rotateImage({ database, store, secrets }: RotationDependencies, id: string): Promise<number> {
  return database.transaction(async (tx) => {
    const image = await lockImage(tx, id);
    const value = image?.encryptedPassword ?? null;
    if (image === null || value === null) return 0;
    const encryptedPassword = secrets.encrypt(secrets.decrypt(value, id), id);
    if (image.state === 'AVAILABLE') {
      const manifest = await store.readManifest(id);
      const superuser = { ...manifest.superuser, encryptedPassword, keyId: secrets.primaryKeyId };
      await store.writeManifest(id, { ...manifest, superuser });
    }
    await keepImagePassword(tx, id, encryptedPassword);
    return 1;
  });
}
