import { and, eq, inArray, sql } from 'drizzle-orm';
import { imageFiles, images } from '../../../drizzle/tables/index.ts';
import { requireUnprotectedImage } from '../../../jobs/images/require-unprotected-image.ts';
import type { ManifestFile } from '../../../jobs/ports/manifest.ts';
import type { ImageRecords } from '../../../jobs/ports/records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { AppError } from '../../../schema/errors.ts';
import type { ImageState } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { openSmallFile } from '../../secrets/age/small-file.ts';
import { fileKeyContext } from '../../secrets/file-key-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { answered } from '../answered.ts';
import { refuseHeldName } from '../commands/held-names.ts';
import { storableFailure, storableFinding, storableText } from '../stored-text.ts';
import { imageColumns, toImageRecord } from './rows.ts';

function notFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no image ${id}.`);
}

type Change = Partial<typeof images.$inferInsert>;

/** As for instances: from one of these states, no effect when it is there already, CONFLICT from any other. */
async function move(
  tx: Transaction,
  id: string,
  from: readonly ImageState[],
  to: ImageState,
  change: Change,
): Promise<void> {
  const moved = await inside(tx)
    .update(images)
    .set({ ...change, state: to })
    .where(and(eq(images.id, id), inArray(images.state, [...from])))
    .returning({ id: images.id });
  if (moved.length > 0) return;
  const [row] = await inside(tx)
    .select({ name: images.name, state: images.state })
    .from(images)
    .where(eq(images.id, id));
  if (row === undefined) throw notFound(id);
  if (row.state === to) return;
  throw new AppError('CONFLICT', `The image "${row.name}" is ${row.state} and cannot become ${to}.`);
}

/** Replaces the recorded files in two statements, however many thousands they are. */
async function replaceFiles(tx: Transaction, imageId: string, files: readonly ManifestFile[]): Promise<void> {
  await inside(tx).delete(imageFiles).where(eq(imageFiles.imageId, imageId));
  await inside(tx).execute(sql`
    INSERT INTO ${imageFiles} ("image_id", "name", "size_bytes", "md5", "sha256")
    SELECT ${imageId}::uuid, "name", "sizeBytes", "md5", "sha256"
    FROM jsonb_to_recordset(${JSON.stringify(files)}::jsonb)
      AS file("name" text, "sizeBytes" bigint, "md5" text, "sha256" text)`);
}

/** The images as workflows read and change them. States are checked in the statement that changes them. */
export function createImageRecords({ orm }: Database, secrets: SecretBox): ImageRecords {
  async function readFileKey(id: string): Promise<string | null> {
    const [row] = await answered(
      orm
        .select({ encrypted: images.encrypted, fileKey: images.encryptedFileKey })
        .from(images)
        .where(eq(images.id, id)),
    );
    if (row === undefined) throw notFound(id);
    if (!row.encrypted) return null;
    if (row.fileKey === null)
      throw new AppError('CONFLICT', 'The image is deleted, and the key of its files forgotten.');
    return secrets.decrypt(row.fileKey, fileKeyContext(id));
  }

  return {
    async read(id) {
      const [row] = await answered(orm.select(imageColumns).from(images).where(eq(images.id, id)));
      if (row === undefined) throw notFound(id);
      return toImageRecord(row);
    },

    async readEncryptedSecrets(id) {
      const [row] = await answered(
        orm
          .select({
            superuser: images.encryptedPassword,
            owner: images.encryptedOwnerPassword,
            fileKey: images.encryptedFileKey,
          })
          .from(images)
          .where(eq(images.id, id)),
      );
      if (row === undefined) throw notFound(id);
      const withKey = (value: string) => ({ value, keyId: secrets.keyIdOf(value) });
      const { superuser, owner, fileKey } = row;
      if (superuser === null) throw new AppError('CONFLICT', 'The image is deleted, and its password is forgotten.');
      return {
        superuser: withKey(superuser),
        owner: owner === null ? null : withKey(owner),
        fileKey: fileKey === null ? null : withKey(fileKey),
      };
    },

    readFileKey,

    async openFile(id, stored) {
      const fileKey = await readFileKey(id);
      return fileKey === null ? stored : openSmallFile(stored, fileKey);
    },

    async markAvailable(tx, id, { files, databases, extensions, notices, findings, ...facts }) {
      await move(tx, id, ['CREATING', 'AVAILABLE'], 'AVAILABLE', {
        ...facts,
        databases: [...databases],
        extensions: [...extensions],
        notices: notices.map(storableText),
        findings: findings.map(storableFinding),
        failure: null,
      });
      await replaceFiles(tx, id, files);
    },

    markFailed: (tx, id, failure) => move(tx, id, ['CREATING'], 'FAILED', { failure: storableFailure(failure) }),

    async markDeleted(tx, id) {
      await move(tx, id, ['DELETING', 'FAILED'], 'DELETED', {
        encryptedPassword: null,
        encryptedOwnerPassword: null,
        encryptedFileKey: null,
        failure: null,
      });
      await inside(tx).delete(imageFiles).where(eq(imageFiles.imageId, id));
    },

    async setFailure(tx, id, failure) {
      const updated = await inside(tx)
        .update(images)
        .set({ failure: storableFailure(failure) })
        .where(eq(images.id, id))
        .returning({ id: images.id });
      if (updated.length === 0) throw notFound(id);
    },

    async endDeletion(tx, id, failure) {
      const { state } = await this.read(id);
      if (state !== 'DELETING') return this.setFailure(tx, id, failure);
      await inside(tx)
        .update(images)
        .set({
          // One that never was whole is what it was, too.
          state: sql`CASE WHEN ${images.verifiedAt} IS NULL THEN 'FAILED' ELSE 'AVAILABLE' END`,
          failure: storableFailure(failure),
        })
        .where(and(eq(images.id, id), eq(images.state, 'DELETING')));
    },

    async reopenDeletion(tx, id) {
      const [row] = await inside(tx)
        .select({ name: images.name, protected: images.protected })
        .from(images)
        .where(eq(images.id, id))
        .for('update');
      // It may have been protected since the deletion failed.
      if (row !== undefined) requireUnprotectedImage(row);
      await move(tx, id, ['AVAILABLE', 'FAILED', 'DELETING'], 'DELETING', { failure: null });
    },

    reopenCreation: (tx, id) =>
      move(tx, id, ['FAILED'], 'CREATING', { failure: null }).catch((error: unknown) => {
        throw refuseHeldName(error);
      }),
  };
}
