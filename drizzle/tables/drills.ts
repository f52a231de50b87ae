import { sql } from 'drizzle-orm';
import { bigint, doublePrecision, index, integer, jsonb, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { DrillState } from '../../schema/states.ts';
import { cms } from './cms.ts';
import { operations } from './operations.ts';
import type { StoredFailure } from './shapes.ts';

/** Trials of images, each in a server of its own that is no instance. */
export const drills = cms.table(
  'drills',
  {
    id: uuid().primaryKey(),
    imageId: uuid().notNull(),
    /** Of the image. */
    sourceInstanceId: uuid().notNull(),
    operationId: uuid()
      .notNull()
      .references(() => operations.id),
    platform: text().notNull(),
    /** What its server is called on the platform while there is one. */
    namespace: text().notNull(),
    resourceName: text().notNull().unique('drills_resource_name'),
    state: text().$type<DrillState>().notNull().default('RUNNING'),
    startedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    finishedAt: timestamp({ withTimezone: true, precision: 3 }),
    recoverySeconds: doublePrecision(),
    databasesCompared: integer(),
    tablesCompared: integer(),
    rowsCompared: bigint({ mode: 'number' }),
    findings: jsonb().$type<FindingFacts[]>().notNull().default([]),
    failure: jsonb().$type<StoredFailure>(),
  },
  (t) => [
    index('drills_image').on(t.imageId, t.startedAt.desc(), t.id.desc()),
    index('drills_instance').on(t.sourceInstanceId, t.startedAt.desc(), t.id.desc()),
    index('drills_finished').on(t.finishedAt),
    index('drills_operation').on(t.operationId),
    index('drills_running').on(t.platform).where(sql.raw(`state = 'RUNNING'`)),
    index('drills_proof').on(t.imageId).where(sql.raw(`state = 'PASSED'`)),
  ],
);
