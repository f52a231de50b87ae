import type { Command } from 'commander';
import type { WebhookEvent, WebhookFieldsFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { UsageError } from '../../exit-codes.ts';
import { collectEnum, given, parseYesNo } from '../../options.ts';
import { printDeleted, printList, printOne, printShownOnce } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { actionsOf, type Surroundings } from '../../session.ts';
import { addDeliveryCommands } from './deliveries.ts';
import { LIST_WEBHOOKS, requireWebhook } from './records.ts';

const CREATE_WEBHOOK = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { ...WebhookFields } secret } }
`);
const UPDATE_WEBHOOK = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookInput!) { updateWebhook(input: $input) { webhook { ...WebhookFields } } }
`);
const DELETE_WEBHOOK = graphql(
  `mutation DeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { id } }`,
);

const COLUMNS: readonly Column<WebhookFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ENABLED', value: ({ enabled }) => (enabled ? 'yes' : 'no'), room: 'spare' },
  { title: 'EVENTS', value: ({ events }) => events.join(', ') },
  { title: 'URL', value: ({ url }) => url },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

const EVENT = ['--event <event>', 'such as alert.opened; may be given several times'] as const;

interface UpdateOptions {
  readonly to?: string;
  readonly name?: string;
  readonly event?: readonly WebhookEvent[];
  readonly enabled?: string;
}

/** `toygres webhook ...` */
export function addWebhookCommands(program: Command, surroundings: Surroundings): void {
  const webhook = program.command('webhook').description('addresses that are told of what happens');
  const action = actionsOf(surroundings);

  webhook
    .command('create <name> <url>')
    .description('have an address told; its secret is shown once, alone on stdout')
    .option(...EVENT, collectEnum)
    .option('--disabled', 'nothing is sent until it is enabled')
    .action(
      action(
        async (
          { toygres, output },
          name: string,
          url: string,
          { event, disabled }: { readonly event?: readonly WebhookEvent[]; readonly disabled?: boolean },
        ) => {
          if (event === undefined) throw new UsageError('What is it told of? --event alert.opened, for example.');
          const input = { name, url, events: [...event], ...(disabled ? { enabled: false } : {}) };
          const { createWebhook } = await toygres.request(CREATE_WEBHOOK, { input });
          printShownOnce(output, createWebhook, createWebhook.webhook, createWebhook.secret);
        },
      ),
    );

  webhook
    .command('list')
    .description('all that are there')
    .action(
      action(async ({ toygres, output }) =>
        printList(output, (await toygres.request(LIST_WEBHOOKS)).webhooks, COLUMNS),
      ),
    );

  webhook
    .command('update <webhook>')
    .description('change it; events that are given replace all it has')
    .option('--name <name>', 'another name')
    .option('--to <url>', 'another address')
    .option(...EVENT, collectEnum)
    .option('--enabled <yes|no>')
    .action(
      action(async (session, nameOrId: string, { to, name, event, enabled }: UpdateOptions) => {
        const { id } = await requireWebhook(session, nameOrId);
        const isEnabled = parseYesNo('--enabled', enabled);
        const change = given({ url: to, name, events: event && [...event], enabled: isEnabled });
        const answer = await session.toygres.request(UPDATE_WEBHOOK, { input: { webhookId: id, ...change } });
        printOne(session.output, answer.updateWebhook.webhook);
      }),
    );

  webhook
    .command('delete <webhook>')
    .description('tell it of nothing any more')
    .action(
      action(async (session, nameOrId: string) => {
        const { id } = await requireWebhook(session, nameOrId);
        printDeleted(
          session.output,
          (await session.toygres.request(DELETE_WEBHOOK, { input: { webhookId: id } })).deleteWebhook.id,
        );
      }),
    );
  addDeliveryCommands(webhook, action);
}
