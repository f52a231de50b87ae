import { bigint, doublePrecision, index, integer, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { ReadinessStatus } from '../../schema/states.ts';
import { cms } from './cms.ts';

/**
 * What was added to and taken from the number of records, written by triggers of their tables: the sum of all rows of a kind
 * is how many there are. Nobody waits for another's row, and a round of upkeep makes one of many.
 */
export const tallies = cms.table(
  'tallies',
  {
    /** 'instance', 'image', 'operation', 'job' or 'drill'. */
    noun: text().notNull(),
    platform: text().notNull(),
    /** Of operations and jobs their kind, of instances their health; else empty. */
    kind: text().notNull(),
    state: text().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    /** What the files of images take. */
    bytes: bigint({ mode: 'number' }).notNull().default(0),
  },
  (t) => [index('tallies_platform').on(t.platform)],
);

/** How well the instances of a platform could be brought back, as of the last look at all of them. */
export const readinessSummaries = cms.table(
  'readiness_summaries',
  {
    platform: text().notNull(),
    status: text().$type<ReadinessStatus>().notNull(),
    count: integer().notNull(),
    /** Of that instance where it is longest ago: the data of its newest image, and its last drill that passed. */
    oldestTakenAt: timestamp({ withTimezone: true, precision: 3 }),
    oldestDrillAt: timestamp({ withTimezone: true, precision: 3 }),
    longestRecoverySeconds: doublePrecision(),
    lookedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.status] })],
);
