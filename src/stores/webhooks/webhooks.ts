import { asc, eq, sql } from 'drizzle-orm';
import { webhookDeliveries, webhooks } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { WebhookDeliveryRecord, WebhookQueries, WebhookRecord } from '../../../resolvers/ports/webhooks.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { refuseHeldName } from '../commands/held-names.ts';
import { distinctIds, groupedByIds } from '../lists/keyed.ts';
import { newestFirst } from '../lists/keyset.ts';
import { parentId, parentRelation } from '../lists/pages-by-parent.ts';

/** A webhook with its encrypted secrets, its row locked until the transaction ends. */
export type LockedWebhook = typeof webhooks.$inferSelect;
export type NewWebhook = typeof webhooks.$inferInsert;

/** CONFLICT when another webhook has the name. */
export async function insertWebhook(tx: Transaction, webhook: NewWebhook): Promise<void> {
  try {
    await inside(tx).insert(webhooks).values(webhook);
  } catch (error) {
    throw refuseHeldName(error);
  }
}

/** The same for a change of a locked webhook. */
export async function changeWebhook(tx: Transaction, id: string, change: Partial<NewWebhook>): Promise<void> {
  if (Object.keys(change).length === 0) return;
  try {
    await inside(tx).update(webhooks).set(change).where(eq(webhooks.id, id));
  } catch (error) {
    throw refuseHeldName(error);
  }
}

/** Deletes a webhook with its deliveries. */
export async function deleteWebhook(tx: Transaction, id: string): Promise<void> {
  await inside(tx).delete(webhooks).where(eq(webhooks.id, id));
}

export async function lockWebhook(tx: Transaction, id: string): Promise<LockedWebhook | null> {
  const [row] = await inside(tx).select().from(webhooks).where(eq(webhooks.id, id)).for('update');
  return row ?? null;
}

function toRecord({ id, name, url, events, enabled, createdAt }: LockedWebhook): WebhookRecord {
  return { id, name, url, events, enabled, createdAt };
}

function toDelivery(row: typeof webhookDeliveries.$inferSelect): WebhookDeliveryRecord {
  const { id, webhookId, event, attempts, statusCode, error, deliveredAt, createdAt } = row;
  return { id, webhookId, event, attempts, statusCode, error, deliveredAt, createdAt };
}

/** Reads webhooks for the API. */
export function createWebhookQueries({ orm }: Database): WebhookQueries {
  return {
    async list() {
      return (await answered(orm.select().from(webhooks).orderBy(asc(webhooks.name)))).map(toRecord);
    },
    async byId(id) {
      const [row] = await answered(orm.select().from(webhooks).where(eq(webhooks.id, id)));
      return row === undefined ? null : toRecord(row);
    },
    async deliveries(webhookIds, first) {
      if (webhookIds.length === 0) return [];
      const newest = orm
        .select()
        .from(webhookDeliveries)
        .where(sql`${webhookDeliveries.webhookId} = ${parentId}`)
        .orderBy(...newestFirst(webhookDeliveries))
        .limit(first)
        .as('newest');
      const rows = await answered(
        orm
          .select(newest._.selectedFields)
          .from(parentRelation(distinctIds(webhookIds)))
          .crossJoinLateral(newest)
          .orderBy(...newestFirst(newest)),
      );
      return groupedByIds(webhookIds, rows, (row) => row.webhookId, toDelivery);
    },
    async delivery(id) {
      const [row] = await answered(orm.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id)));
      return row === undefined ? null : toDelivery(row);
    },
  };
}
