import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { FindingFacts, Loss } from '../../schema/rules/finding-rules.ts';
import type { ImageMethod, ImageState, ImageType } from '../../schema/states.ts';
import { ENDED_RECORD_STATES } from '../../schema/states.ts';
import { cms } from './cms.ts';
import { listed } from './listed.ts';
import type { StoredDurable, StoredFailure } from './shapes.ts';

export const images = cms.table(
  'images',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    description: text(),
    state: text().$type<ImageState>().notNull(),
    method: text().$type<ImageMethod>().notNull(),
    imageType: text().$type<ImageType>().notNull(),
    postgresVersion: text().notNull(),
    sourceInstanceId: uuid().notNull(),
    sourceInstanceName: text().notNull(),
    /** The platform that the source ran on. */
    platform: text().notNull(),
    databases: jsonb().$type<{ name: string; owner: string; sizeBytes: number }[]>().notNull().default([]),
    extensions: jsonb().$type<{ database: string; name: string; version: string }[]>().notNull().default([]),
    /** What it holds of pg_durable; null until verified, and where there is none. */
    durable: jsonb().$type<StoredDurable>(),
    /** What it could not carry, in words. */
    notices: jsonb().$type<string[]>().notNull().default([]),
    /** What a restore of it will not bring back as it was. */
    findings: jsonb().$type<FindingFacts[]>().notNull().default([]),
    acceptLoss: text().$type<Loss>().notNull().default('OBJECTS'),
    sizeBytes: bigint({ mode: 'number' }),
    databaseBytes: bigint({ mode: 'number' }),
    sourceStorageGib: integer().notNull(),
    /** initdb settings of the source (ClusterSettings of the manifest); null until verified. */
    cluster: jsonb().$type<Record<string, unknown>>(),
    /** The source superuser's password, encrypted for this image; null once the image is deleted. */
    encryptedPassword: text(),
    /** The same of the source's login that is no superuser; null where it has none. */
    encryptedOwnerPassword: text(),
    /** Whether its files are encrypted. */
    encrypted: boolean().notNull().default(false),
    /** The identity that they are encrypted for, itself encrypted for this image; null where they are not, and once it is deleted. */
    encryptedFileKey: text(),
    labels: jsonb().$type<Record<string, string>>().notNull().default({}),
    verifiedAt: timestamp({ withTimezone: true, precision: 3 }),
    /** The moment that its data is of; null until verified, and for images of before it was recorded. */
    takenAt: timestamp({ withTimezone: true, precision: 3 }),
    protected: boolean().notNull().default(false),
    expiresAt: timestamp({ withTimezone: true, precision: 3 }),
    /** The schedule that took it, which may be gone by now. */
    scheduleId: uuid(),
    failure: jsonb().$type<StoredFailure>(),
    revision: bigint({ mode: 'number' }).notNull().default(1),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('images_name_held')
      .on(t.name)
      .where(sql.raw(`state NOT IN (${listed(ENDED_RECORD_STATES)})`)),
    index('images_newest').on(t.createdAt.desc(), t.id.desc()),
    index('images_present').on(t.createdAt.desc(), t.id.desc()).where(sql.raw(`state <> 'DELETED'`)),
    index('images_state').on(t.state, t.createdAt.desc(), t.id.desc()),
    index('images_name_begin').on(t.name.op('text_pattern_ops')),
    index('images_labels').using('gin', t.labels.op('jsonb_path_ops')),
    index('images_schedule').on(t.scheduleId, t.createdAt.desc(), t.id.desc()),
    index('images_newest_available').on(t.sourceInstanceId, t.takenAt.desc()).where(sql.raw(`state = 'AVAILABLE'`)),
    index('images_expiring')
      .on(t.platform, t.expiresAt)
      .where(sql.raw(`state = 'AVAILABLE' AND NOT protected AND expires_at IS NOT NULL`)),
    index('images_scheduled')
      .on(t.platform, t.sourceInstanceId)
      .where(sql.raw(`state = 'AVAILABLE' AND NOT protected AND schedule_id IS NOT NULL`)),
    index('images_failed').on(t.createdAt).where(sql.raw(`state = 'FAILED'`)),
    index('images_source_instance').on(t.sourceInstanceId, t.createdAt.desc(), t.id.desc()),
  ],
);

/** The files of verified images, apart from them: an image of many tables has thousands. */
export const imageFiles = cms.table(
  'image_files',
  {
    imageId: uuid()
      .notNull()
      .references(() => images.id),
    name: text().notNull(),
    sizeBytes: bigint({ mode: 'number' }).notNull(),
    md5: text().notNull(),
    sha256: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.imageId, t.name] })],
);
