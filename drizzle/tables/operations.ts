import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import {
  ACTIVE_OPERATION_STATES,
  type ActorKind,
  type JobState,
  type OperationKind,
  type OperationState,
  RUNNING_WISHES,
  type StepState,
} from '../../schema/states.ts';
import { cms } from './cms.ts';
import { listed } from './listed.ts';
import type { StoredFailure, StoredProgress } from './shapes.ts';

export const operations = cms.table(
  'operations',
  {
    id: uuid().primaryKey(),
    kind: text().$type<OperationKind>().notNull(),
    workflow: text().notNull(),
    workflowVersion: text().notNull(),
    /** Whose workers may take it. */
    platform: text().notNull(),
    state: text().$type<OperationState>().notNull(),
    percent: doublePrecision().notNull().default(0),
    /** References only, never a secret. */
    input: jsonb().notNull(),
    /** 1, and one more with each retryOperation. */
    run: integer().notNull().default(1),
    /** The number of the last attempt to work on it: what a worker with a lower one writes is refused. */
    fence: integer().notNull().default(0),
    /** The number of the last event. */
    sequence: integer().notNull().default(0),
    instanceId: uuid(),
    imageId: uuid(),
    /** False for one that leaves its instance as it is (a backup): such ones may run side by side. */
    excludesOnInstance: boolean().notNull(),
    /** False for one that only reads its image (a restore). */
    excludesOnImage: boolean().notNull(),
    /** The actor's name. */
    requestedBy: text().notNull(),
    actorKind: text().$type<ActorKind>().notNull().default('USER'),
    actorId: uuid(),
    /** Who asked for its end in this run. */
    cancelledByKind: text().$type<ActorKind>(),
    cancelledById: uuid(),
    cancelledByName: text(),
    /** Why it is being compensated or has ended; set when the first cause is known. */
    failure: jsonb().$type<StoredFailure>(),
    revision: bigint({ mode: 'number' }).notNull().default(1),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    startedAt: timestamp({ withTimezone: true, precision: 3 }),
    finishedAt: timestamp({ withTimezone: true, precision: 3 }),
    updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [
    index('operations_newest').on(t.createdAt.desc(), t.id.desc()),
    index('operations_state').on(t.state, t.createdAt.desc(), t.id.desc()),
    index('operations_kind').on(t.kind, t.createdAt.desc(), t.id.desc()),
    index('operations_instance').on(t.instanceId, t.createdAt.desc(), t.id.desc()),
    index('operations_image').on(t.imageId, t.createdAt.desc(), t.id.desc()),
    index('operations_finished').on(t.finishedAt),
    index('operations_last_wish')
      .on(t.instanceId, t.createdAt.desc())
      .where(sql.raw(`kind IN (${listed(RUNNING_WISHES)})`)),
    index('operations_preflights')
      .on(t.platform, sql`(input ->> 'namespace')`, t.finishedAt.desc())
      .where(sql.raw(`kind = 'PREFLIGHT' AND state IN ('SUCCEEDED', 'FAILED')`)),
    index('operations_active')
      .on(t.state)
      .where(sql.raw(`state IN (${listed(ACTIVE_OPERATION_STATES)})`)),
  ],
);

export const operationSteps = cms.table(
  'operation_steps',
  {
    operationId: uuid()
      .notNull()
      .references(() => operations.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    name: text().notNull(),
    weight: doublePrecision().notNull(),
    state: text().$type<StepState>().notNull(),
    attempt: integer().notNull().default(0),
    /** What it returned: references only, never a secret. */
    result: jsonb(),
    progress: jsonb().$type<StoredProgress>(),
    failure: jsonb().$type<StoredFailure>(),
    startedAt: timestamp({ withTimezone: true, precision: 3 }),
    finishedAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (t) => [primaryKey({ columns: [t.operationId, t.position] })],
);

/** The finished steps of compensations, one set for each run. */
export const operationUndoSteps = cms.table(
  'operation_undo_steps',
  {
    operationId: uuid()
      .notNull()
      .references(() => operations.id, { onDelete: 'cascade' }),
    run: integer().notNull(),
    name: text().notNull(),
    finishedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.operationId, t.run, t.name] })],
);

/** A step as of an event. */
export interface StoredStep {
  readonly position: number;
  readonly name: string;
  readonly state: StepState;
  readonly attempt: number;
  readonly progress: StoredProgress | null;
  readonly failure: StoredFailure | null;
  /** RFC 3339. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export const operationEvents = cms.table(
  'operation_events',
  {
    operationId: uuid()
      .notNull()
      .references(() => operations.id, { onDelete: 'cascade' }),
    sequence: integer().notNull(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    state: text().$type<OperationState>().notNull(),
    percent: doublePrecision().notNull(),
    step: jsonb().$type<StoredStep>(),
  },
  (t) => [primaryKey({ columns: [t.operationId, t.sequence] })],
);

export const jobs = cms.table(
  'jobs',
  {
    id: uuid().primaryKey(),
    operationId: uuid()
      .notNull()
      .references(() => operations.id, { onDelete: 'cascade' }),
    kind: text().$type<'backup' | 'restore' | 'verify' | 'preflight'>().notNull(),
    namespace: text().notNull(),
    name: text().notNull(),
    platform: text().notNull(),
    state: text().$type<JobState>().notNull().default('PENDING'),
    attempts: integer().notNull().default(0),
    exitCode: integer(),
    startedAt: timestamp({ withTimezone: true, precision: 3 }),
    finishedAt: timestamp({ withTimezone: true, precision: 3 }),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [index('jobs_operation').on(t.operationId, t.createdAt)],
);
