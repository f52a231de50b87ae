import type { Command } from 'commander';
import { graphql } from '../../../client/generated/index.ts';
import { SomeFailedError } from '../../exit-codes.ts';
import { given, parseWhole } from '../../options.ts';
import { formatAge, printList, printOne, printShownOnce } from '../../output/print.ts';
import type { Actions } from '../../session.ts';
import { requireWebhook } from './records.ts';

export const DELIVERY_FIELDS = graphql(`
  fragment DeliveryFields on WebhookDelivery { id event createdAt attempts statusCode error deliveredAt }
`);

const LIST_DELIVERIES = graphql(`
  query ListDeliveries($first: Int) { webhooks { id deliveries(first: $first) { ...DeliveryFields } } }
`);
const TEST_WEBHOOK = graphql(`
  mutation TestWebhook($input: TestWebhookInput!) { testWebhook(input: $input) { delivery { ...DeliveryFields } } }
`);
const ROTATE_SECRET = graphql(`
  mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
    rotateWebhookSecret(input: $input) { webhook { ...WebhookFields } secret }
  }
`);

/** `toygres webhook test`, `rotate-secret`, `deliveries` */
export function addDeliveryCommands(webhook: Command, action: Actions): void {
  webhook
    .command('test <webhook>')
    .description('send a trial message; exit 1 when it is not taken')
    .action(
      action(async (session, nameOrId: string) => {
        const { id } = await requireWebhook(session, nameOrId);
        const { testWebhook } = await session.toygres.request(TEST_WEBHOOK, { input: { webhookId: id } });
        const { delivery } = testWebhook;
        printOne(session.output, delivery);
        if (!delivery.deliveredAt) throw new SomeFailedError(`It was not taken: ${delivery.error ?? 'no answer'}`);
      }),
    );

  webhook
    .command('rotate-secret <webhook>')
    .description('give it a new secret, shown once, alone on stdout; the one before signs for a day along')
    .action(
      action(async (session, nameOrId: string) => {
        const { id } = await requireWebhook(session, nameOrId);
        const { rotateWebhookSecret } = await session.toygres.request(ROTATE_SECRET, { input: { webhookId: id } });
        printShownOnce(session.output, rotateWebhookSecret, rotateWebhookSecret.webhook, rotateWebhookSecret.secret);
      }),
    );

  webhook
    .command('deliveries <webhook>')
    .description('its messages, the newest first')
    .option('--first <count>', 'how many, at most 100', '20')
    .action(
      action(async (session, nameOrId: string, { first }: { readonly first: string }) => {
        const { id } = await requireWebhook(session, nameOrId);
        const asked = given({ first: parseWhole('--first', first) });
        const { webhooks } = await session.toygres.request(LIST_DELIVERIES, asked);
        printList(session.output, webhooks.find((one) => one.id === id)?.deliveries ?? [], [
          { title: 'EVENT', value: ({ event }) => event, room: 'word' },
          { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right' },
          { title: 'TAKEN', value: ({ deliveredAt }) => (deliveredAt ? 'yes' : 'no'), room: 'word' },
          { title: 'STATUS', value: ({ statusCode }) => statusCode, align: 'right' },
          { title: 'ATTEMPTS', value: ({ attempts }) => attempts, align: 'right', room: 'spare' },
          { title: 'ERROR', value: ({ error }) => error },
          { title: 'ID', value: ({ id: delivery }) => delivery, room: 'spare' },
        ]);
      }),
    );
}
