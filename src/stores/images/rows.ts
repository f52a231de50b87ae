import { getTableColumns } from 'drizzle-orm';
import { images } from '../../../drizzle/tables/index.ts';
import type { ImageRecord } from '../../../jobs/ports/records.ts';
import { BRIEF_IMAGE } from '../../../resolvers/ports/brief.ts';
import { createBriefRows } from '../lists/brief-rows.ts';

const {
  encryptedPassword: _secret,
  encryptedOwnerPassword: _ownerSecret,
  encryptedFileKey: _fileKey,
  cluster: _cluster,
  ...readable
} = getTableColumns(images);

/** What every read of images selects: all but the secrets and what only a restore needs. */
export const imageColumns = readable;

/** What is read of images where nothing else is asked for. */
export const briefImages = createBriefRows<ImageRecord, typeof imageColumns>(imageColumns, BRIEF_IMAGE);

/** A row as read with `imageColumns`. */
export type ImageRow = Omit<
  typeof images.$inferSelect,
  'encryptedPassword' | 'encryptedOwnerPassword' | 'encryptedFileKey' | 'cluster'
>;

/** An image as the rest of the house knows it. */
export function toImageRecord(row: ImageRow): ImageRecord {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    state: row.state,
    method: row.method,
    imageType: row.imageType,
    postgresVersion: row.postgresVersion,
    sourceInstanceId: row.sourceInstanceId,
    sourceInstanceName: row.sourceInstanceName,
    databases: row.databases,
    extensions: row.extensions,
    durable: row.durable,
    notices: row.notices,
    findings: row.findings,
    acceptLoss: row.acceptLoss,
    sizeBytes: row.sizeBytes,
    databaseBytes: row.databaseBytes,
    sourceStorageGib: row.sourceStorageGib,
    encrypted: row.encrypted,
    labels: row.labels,
    verifiedAt: row.verifiedAt,
    takenAt: row.takenAt,
    protected: row.protected,
    expiresAt: row.expiresAt,
    scheduleId: row.scheduleId,
    failure: row.failure,
    revision: row.revision,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
