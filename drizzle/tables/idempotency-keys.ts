import { index, jsonb, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { cms } from './cms.ts';

/** What an idempotency key stood for, kept 7 days. */
export const idempotencyKeys = cms.table(
  'idempotency_keys',
  {
    caller: text().notNull(),
    mutation: text().notNull(),
    key: text().notNull(),
    /** A keyed digest of the whole input: it may hold a password. */
    inputDigest: text().notNull(),
    /** The references that the payload is made of again, and its notices; never a secret. */
    outcome: jsonb().$type<object>().notNull(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.caller, t.mutation, t.key] }), index('idempotency_keys_age').on(t.createdAt)],
);
