import { NotFoundError, type WebhookFieldsFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import type { Session } from '../../session.ts';

export const WEBHOOK_FIELDS = graphql(`fragment WebhookFields on Webhook { id name url events enabled createdAt }`);
export const LIST_WEBHOOKS = graphql(`query ListWebhooks { webhooks { ...WebhookFields } }`);

/** The webhook of that name or id. Throws NotFoundError. */
export async function requireWebhook({ toygres }: Session, nameOrId: string): Promise<WebhookFieldsFragment> {
  const { webhooks } = await toygres.request(LIST_WEBHOOKS);
  const found = webhooks.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found;
  throw new NotFoundError(`There is no webhook "${nameOrId}". See toygres webhook list.`, { code: 'NOT_FOUND' });
}
