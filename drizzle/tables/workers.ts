import { index, integer, jsonb, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { cms } from './cms.ts';

/** A workflow version that a worker has, with its steps, so that an API of another release can enqueue it. */
export interface AnnouncedWorkflow {
  readonly name: string;
  readonly version: string;
  readonly steps: readonly { readonly name: string; readonly weight: number }[];
}

/** The workers that are there: each one says every few seconds that it is alive and what it can run. */
export const workers = cms.table(
  'workers',
  {
    id: uuid().primaryKey(),
    platform: text().notNull(),
    host: text().notNull(),
    pid: integer().notNull(),
    release: text().notNull(),
    workflows: jsonb().$type<AnnouncedWorkflow[]>().notNull(),
    startedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    seenAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [index('workers_seen').on(t.seenAt)],
);
