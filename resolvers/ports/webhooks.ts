import type { WebhookEvent } from '../../schema/states.ts';
import type { Caller } from './commands.ts';

/** A webhook as it stands in the CMS, without its secrets. */
export interface WebhookRecord {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly enabled: boolean;
  readonly createdAt: Date;
}

/** A message to a webhook. */
export interface WebhookDeliveryRecord {
  readonly id: string;
  readonly webhookId: string;
  readonly event: WebhookEvent;
  readonly attempts: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly deliveredAt: Date | null;
  readonly createdAt: Date;
}

/** Reads of webhooks; each method is one SQL statement. */
export interface WebhookQueries {
  /** All of them, by name. */
  list(): Promise<readonly WebhookRecord[]>;
  byId(id: string): Promise<WebhookRecord | null>;
  /** The newest messages of each. */
  deliveries(webhookIds: readonly string[], first: number): Promise<readonly (readonly WebhookDeliveryRecord[])[]>;
  delivery(id: string): Promise<WebhookDeliveryRecord | null>;
}

export interface ChangeWebhook {
  readonly name?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly events?: readonly WebhookEvent[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

interface OnWebhook {
  readonly webhookId: string;
}

/** What callers can do to webhooks; the same promises as the commands on instances. */
export interface WebhookCommands {
  /** The secret is shown this once. CONFLICT when the name is taken. */
  create(
    caller: Caller,
    input: ChangeWebhook & { readonly name: string; readonly url: string; readonly events: readonly WebhookEvent[] },
  ): Promise<OnWebhook & { readonly secret: string }>;
  update(caller: Caller, input: OnWebhook & ChangeWebhook): Promise<OnWebhook>;
  delete(caller: Caller, input: OnWebhook): Promise<OnWebhook>;
  /** A new secret; messages are signed with the one before as well for a day. */
  rotateSecret(caller: Caller, input: OnWebhook): Promise<OnWebhook & { readonly secret: string }>;
  /** Sends a message now, and answers when the receiver has or did not. */
  test(caller: Caller, input: OnWebhook): Promise<OnWebhook & { readonly deliveryId: string }>;
}
