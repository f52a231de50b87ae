import { text, timestamp } from 'drizzle-orm/pg-core';
import { cms } from './cms.ts';

/** What the clock of the database showed when it was last looked at, for each platform. */
export const clocks = cms.table('clocks', {
  platform: text().primaryKey(),
  seenAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  /** When it last showed another time than could be; null: never. */
  doubtedAt: timestamp({ withTimezone: true, precision: 3 }),
  /** Why, in words. */
  doubt: text(),
});
