import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { RetentionForm } from '../../schema/rules/schedule-rules.ts';
import type { ImageMethod, ScheduledImageState, ScheduleRunState } from '../../schema/states.ts';
import { cms } from './cms.ts';

/** When images are taken by themselves, and of what. */
export const schedules = cms.table(
  'schedules',
  {
    id: uuid().primaryKey(),
    name: text().notNull().unique('schedules_name'),
    /** Whose workers carry it out. */
    platform: text().notNull(),
    enabled: boolean().notNull(),
    cron: text().notNull(),
    timeZone: text().notNull(),
    /** Labels that instances carry; null for a schedule of one instance. */
    selector: jsonb().$type<Record<string, string>>(),
    instanceId: uuid(),
    method: text().$type<ImageMethod>().notNull(),
    retention: jsonb().$type<RetentionForm>().notNull(),
    drillEvery: integer(),
    concurrency: integer().notNull(),
    /** The next moment at which a run is due: what was due before is recorded. Null while it is disabled. */
    nextDueAt: timestamp({ withTimezone: true, precision: 3 }),
    /** The last two times at which it was due; null until there were that many since its times stand as they do. */
    lastDueAt: timestamp({ withTimezone: true, precision: 3 }),
    dueBeforeAt: timestamp({ withTimezone: true, precision: 3 }),
    /** Since when its times stand as they do: what would have been due before was never promised. */
    promisedSince: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    revision: bigint({ mode: 'number' }).notNull().default(1),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [
    index('schedules_newest').on(t.createdAt.desc(), t.id.desc()),
    index('schedules_due').on(t.platform, t.nextDueAt),
    check('schedules_of_one_kind', sql`(${t.selector} IS NULL) <> (${t.instanceId} IS NULL)`),
  ],
);

/** What became of each time at which a schedule was due. */
export const scheduleRuns = cms.table(
  'schedule_runs',
  {
    id: uuid().primaryKey(),
    scheduleId: uuid()
      .notNull()
      .references(() => schedules.id, { onDelete: 'cascade' }),
    dueAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    startedAt: timestamp({ withTimezone: true, precision: 3 }),
    finishedAt: timestamp({ withTimezone: true, precision: 3 }),
    state: text().$type<ScheduleRunState>().notNull(),
    message: text(),
  },
  (t) => [
    // Two workers that find the same time due write one run.
    unique('schedule_runs_once').on(t.scheduleId, t.dueAt),
    uniqueIndex('schedule_runs_one_under_way').on(t.scheduleId).where(sql.raw(`state = 'RUNNING'`)),
    index('schedule_runs_newest').on(t.scheduleId, t.dueAt.desc(), t.id.desc()),
    index('schedule_runs_finished').on(t.finishedAt),
  ],
);

/** The images that a run is to take, one of each instance, from its first moment. */
export const scheduledImages = cms.table(
  'scheduled_images',
  {
    runId: uuid()
      .notNull()
      .references(() => scheduleRuns.id, { onDelete: 'cascade' }),
    instanceId: uuid().notNull(),
    instanceName: text().notNull(),
    state: text().$type<ScheduledImageState>().notNull().default('PENDING'),
    imageId: uuid(),
    operationId: uuid(),
    drillOperationId: uuid(),
    /** Why not, where there is no image or no proof of it. */
    message: text(),
    /** When to try again, while something else is at work on the instance. */
    retryAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.instanceId] }),
    index('scheduled_images_open').on(t.runId).where(sql.raw(`state IN ('PENDING', 'TAKING', 'PROVING')`)),
  ],
);
