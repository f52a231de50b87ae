import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import type { WebhookEvent } from '../../schema/states.ts';
import { cms } from './cms.ts';

/** Who is told of what happens. */
export const webhooks = cms.table('webhooks', {
  id: uuid().primaryKey(),
  name: text().notNull().unique('webhooks_name'),
  url: text().notNull(),
  events: jsonb().$type<WebhookEvent[]>().notNull(),
  enabled: boolean().notNull(),
  /** Why it was disabled by itself; null while it was not. */
  failure: text(),
  /** What bodies are signed with, encrypted. */
  encryptedSecret: text().notNull(),
  /** The secret before that, with which they are signed as well for a while. */
  encryptedOldSecret: text(),
  oldSecretUntil: timestamp({ withTimezone: true, precision: 3 }),
  revision: bigint({ mode: 'number' }).notNull().default(1),
  createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
});

/** What is to be delivered, from the transaction in which it happened. */
export const webhookDeliveries = cms.table(
  'webhook_deliveries',
  {
    id: uuid().primaryKey().defaultRandom(),
    webhookId: uuid()
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    event: text().$type<WebhookEvent>().notNull(),
    /** The operation or alert that it is about; null for a trial. */
    subjectId: uuid(),
    /** The message as it was first sent; every further attempt sends the same. */
    body: text(),
    attempts: integer().notNull().default(0),
    statusCode: integer(),
    error: text(),
    /** When it may be tried next; null when it was delivered or given up. */
    nextAttemptAt: timestamp({ withTimezone: true, precision: 3 }).defaultNow(),
    deliveredAt: timestamp({ withTimezone: true, precision: 3 }),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [
    unique('webhook_deliveries_once').on(t.webhookId, t.event, t.subjectId, t.createdAt),
    index('webhook_deliveries_newest').on(t.webhookId, t.createdAt.desc(), t.id.desc()),
    index('webhook_deliveries_due').on(t.nextAttemptAt).where(sql.raw('next_attempt_at IS NOT NULL')),
    index('webhook_deliveries_age').on(t.createdAt),
  ],
);
