import { text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { cms } from './cms.ts';

/** The authorities that this installation's servers have their certificates from; the newest signs. */
export const authorities = cms.table('authorities', {
  id: uuid().primaryKey(),
  /** PEM. */
  certificate: text().notNull(),
  encryptedKey: text().notNull(),
  expiresAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
