import { and, eq, notInArray } from 'drizzle-orm';
import { images } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { inside } from '../../db/database.ts';
import { refuseHeldName } from '../commands/held-names.ts';

/** An image with its encrypted password, its row locked until the transaction ends. */
export type LockedImage = typeof images.$inferSelect;

/** What a new image is recorded with; it begins CREATING. */
export type NewImage = Required<
  Pick<
    typeof images.$inferInsert,
    | 'id'
    | 'name'
    | 'description'
    | 'method'
    | 'imageType'
    | 'postgresVersion'
    | 'sourceInstanceId'
    | 'sourceInstanceName'
    | 'platform'
    | 'sourceStorageGib'
    | 'encryptedPassword'
    | 'encryptedOwnerPassword'
    | 'encrypted'
    | 'encryptedFileKey'
    | 'labels'
    | 'protected'
    | 'expiresAt'
    | 'scheduleId'
    | 'acceptLoss'
  >
>;

/** Reserves name and record. CONFLICT when the name is held, also by a transaction that commits meanwhile. */
export async function insertImage(tx: Transaction, image: NewImage): Promise<void> {
  try {
    await inside(tx)
      .insert(images)
      .values({ ...image, state: 'CREATING' });
  } catch (error) {
    throw refuseHeldName(error);
  }
}

/** Whether an image that is neither DELETED nor FAILED has this name. */
export async function isNameHeld(tx: Transaction, name: string): Promise<boolean> {
  const [row] = await inside(tx)
    .select({ id: images.id })
    .from(images)
    .where(and(eq(images.name, name), notInArray(images.state, ['DELETED', 'FAILED'])));
  return row !== undefined;
}

/** Records when an image was made that was found again. */
export async function setImageCreation(tx: Transaction, id: string, createdAt: Date): Promise<void> {
  await inside(tx).update(images).set({ createdAt }).where(eq(images.id, id));
}

/** Replaces the secrets of a locked image: the same ones, encrypted anew. */
export async function keepImageSecrets(
  tx: Transaction,
  id: string,
  secrets: Pick<LockedImage, 'encryptedPassword' | 'encryptedOwnerPassword' | 'encryptedFileKey'>,
): Promise<void> {
  await inside(tx).update(images).set(secrets).where(eq(images.id, id));
}

/** The row as it stands when all earlier changes are committed; nobody else changes it until the transaction ends. */
export async function lockImage(tx: Transaction, id: string): Promise<LockedImage | null> {
  const [row] = await inside(tx).select().from(images).where(eq(images.id, id)).for('update');
  return row ?? null;
}

/** Changes what users may change of a locked image; what is undefined stays. */
export async function changeImage(
  tx: Transaction,
  id: string,
  change: {
    readonly labels: Readonly<Record<string, string>> | undefined;
    readonly description: string | null | undefined;
    readonly protected: boolean | undefined;
    readonly expiresAt: Date | null | undefined;
  },
): Promise<void> {
  const { labels, description, protected: isProtected, expiresAt } = change;
  const set = {
    ...(labels === undefined ? {} : { labels: { ...labels } }),
    ...(description === undefined ? {} : { description }),
    ...(isProtected === undefined ? {} : { protected: isProtected }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  if (Object.keys(set).length === 0) return;
  await inside(tx).update(images).set(set).where(eq(images.id, id));
}

/** Records which schedule takes a new image. */
export async function markScheduled(tx: Transaction, id: string, scheduleId: string): Promise<void> {
  await inside(tx).update(images).set({ scheduleId }).where(eq(images.id, id));
}

/** Moves a locked image to DELETING: from here on nothing restores from it. */
export async function beginImageDeletion(tx: Transaction, id: string): Promise<void> {
  await inside(tx).update(images).set({ state: 'DELETING', failure: null }).where(eq(images.id, id));
}
