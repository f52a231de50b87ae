import { sql } from 'drizzle-orm';
import { bigint, index, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { AlertKind, Severity } from '../../schema/states.ts';
import { cms } from './cms.ts';

/** What people should know of until it is over. */
export const alerts = cms.table(
  'alerts',
  {
    id: uuid().primaryKey().defaultRandom(),
    platform: text().notNull(),
    kind: text().$type<AlertKind>().notNull(),
    /** What it is about, so that there is one open alert of a kind about one thing. */
    thing: text().notNull(),
    severity: text().$type<Severity>().notNull(),
    message: text().notNull(),
    remedy: text(),
    instanceId: uuid(),
    imageId: uuid(),
    scheduleId: uuid(),
    operationId: uuid(),
    openedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    resolvedAt: timestamp({ withTimezone: true, precision: 3 }),
    revision: bigint({ mode: 'number' }).notNull().default(1),
    updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('alerts_one_open').on(t.platform, t.kind, t.thing).where(sql.raw('resolved_at IS NULL')),
    index('alerts_newest').on(t.openedAt.desc(), t.id.desc()),
    index('alerts_instance').on(t.instanceId, t.openedAt.desc(), t.id.desc()),
    index('alerts_image').on(t.imageId).where(sql.raw('instance_id IS NULL')),
    index('alerts_resolved').on(t.resolvedAt),
  ],
);
