import { randomUUID } from 'node:crypto';
import { notFound } from '../../../resolvers/ids.ts';
import type { ChangeWebhook, WebhookCommands } from '../../../resolvers/ports/webhooks.ts';
import { AppError } from '../../../schema/errors.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { insertTrial } from '../../stores/webhooks/outbox.ts';
import {
  changeWebhook,
  deleteWebhook,
  insertWebhook,
  type LockedWebhook,
  lockWebhook,
} from '../../stores/webhooks/webhooks.ts';
import type { Admission, CommandGate, Outcome } from '../commands/gate.ts';

/** How messages are made and sent; see the room notify. */
export interface WebhookPort {
  generateSecret(): string;
  /** Throws INVALID_INPUT for an address in a URL that messages must not be sent to. */
  checkAddress(url: string): void;
  sendNow(deliveryId: string): Promise<void>;
}

interface OnWebhook extends Outcome {
  readonly webhookId: string;
}

const OVERLAP_MS = 24 * 3_600_000;

async function requireWebhook({ tx }: Admission, id: string): Promise<LockedWebhook> {
  const webhook = await lockWebhook(tx, id);
  if (webhook === null) throw notFound('webhook', 'webhookId');
  return webhook;
}

function changesOf({ name, url, events, enabled }: ChangeWebhook) {
  return {
    ...(name == null ? {} : { name }),
    ...(url == null ? {} : { url }),
    ...(events == null ? {} : { events: [...new Set(events)] }),
    // Whoever enables it has mended it, or will hear of it again.
    ...(enabled == null ? {} : { enabled, failure: null }),
  };
}

/** The commands on webhooks; the same promises as the commands on instances. Secrets are in no outcome that is stored. */
export function createWebhookCommands(gate: CommandGate, box: SecretBox, port: WebhookPort): WebhookCommands {
  return {
    async create(caller, input) {
      port.checkAddress(input.url);
      const secret = port.generateSecret();
      const { webhookId } = await gate.run({
        mutation: 'createWebhook',
        caller,
        input: {},
        target: null,
        made: ({ webhookId: id }: OnWebhook) => id,
        write: async ({ tx }): Promise<OnWebhook> => {
          const id = randomUUID();
          const { name, url, events, enabled } = input;
          const encryptedSecret = box.encrypt(secret, id);
          await insertWebhook(tx, {
            id,
            name,
            url,
            events: [...new Set(events)],
            enabled: enabled ?? true,
            encryptedSecret,
          });
          return { webhookId: id };
        },
      });
      return { webhookId, secret };
    },
    async update(caller, input) {
      if (input.url != null) port.checkAddress(input.url);
      return gate.run({
        mutation: 'updateWebhook',
        caller,
        input: {},
        target: input.webhookId,
        write: async (admission): Promise<OnWebhook> => {
          const { id } = await requireWebhook(admission, input.webhookId);
          await changeWebhook(admission.tx, id, changesOf(input));
          return { webhookId: id };
        },
      });
    },
    delete: (caller, { webhookId }) =>
      gate.run({
        mutation: 'deleteWebhook',
        caller,
        input: {},
        target: webhookId,
        write: async (admission): Promise<OnWebhook> => {
          const { id } = await requireWebhook(admission, webhookId);
          await deleteWebhook(admission.tx, id);
          return { webhookId: id };
        },
      }),
    async rotateSecret(caller, input) {
      const secret = port.generateSecret();
      const { webhookId } = await gate.run({
        mutation: 'rotateWebhookSecret',
        caller,
        input: {},
        target: input.webhookId,
        write: async (admission): Promise<OnWebhook> => {
          const webhook = await requireWebhook(admission, input.webhookId);
          await changeWebhook(admission.tx, webhook.id, {
            encryptedSecret: box.encrypt(secret, webhook.id),
            encryptedOldSecret: webhook.encryptedSecret,
            oldSecretUntil: new Date(Date.now() + OVERLAP_MS),
          });
          return { webhookId: webhook.id };
        },
      });
      return { webhookId, secret };
    },
    async test(caller, input) {
      const deliveryId = randomUUID();
      const { webhookId } = await gate.run({
        mutation: 'testWebhook',
        caller,
        input: {},
        target: input.webhookId,
        write: async (admission): Promise<OnWebhook> => {
          const { id, events } = await requireWebhook(admission, input.webhookId);
          const [event] = events;
          if (event === undefined) throw new AppError('CONFLICT', 'This webhook is told of nothing: give it an event.');
          await insertTrial(admission.tx, { id: deliveryId, webhookId: id, event });
          return { webhookId: id };
        },
      });
      await port.sendNow(deliveryId);
      return { webhookId, deliveryId };
    },
  };
}
