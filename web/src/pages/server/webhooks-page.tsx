import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { apart, asSentence, sentence } from '../../format/words.ts';
import {
  DeleteWebhookDocument,
  TestWebhookDocument,
  UpdateWebhookDocument,
  WebhooksDocument,
  type WebhooksQuery,
} from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { ActionMenu } from '../../ui/menu.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';
import { CreateWebhook } from './create-webhook.tsx';
import { ServerFrame } from './server-frame.tsx';

const LOOK_MS = 10_000;

type Webhook = WebhooksQuery['webhooks'][number];
type Delivery = Webhook['deliveries'][number];

const COLUMNS: readonly Column<Delivery>[] = [
  { id: 'event', name: 'Told of', isTitle: true, cell: ({ event }) => sentence(event) },
  { id: 'at', name: 'Happened', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    id: 'taken',
    name: 'Taken',
    cell: ({ deliveredAt }) => (deliveredAt ? <Moment at={deliveredAt} /> : <span className="muted">not yet</span>),
  },
  { id: 'status', name: 'Answer', align: 'end', cell: ({ statusCode }) => statusCode ?? '–' },
  { id: 'attempts', name: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
  { id: 'error', name: 'Why not', cell: ({ error }) => error && <span className="told">{asSentence(error)}</span> },
];

function WebhookPanel({ webhook, onChanged }: { readonly webhook: Webhook; readonly onChanged: () => void }) {
  const { id, name, url, events, enabled, deliveries } = webhook;
  const [asked, setAsked] = useState<'enable' | 'disable' | 'delete' | null>(null);
  // What was asked for, also when somebody else does it meanwhile.
  const disables = asked === 'disable';
  const trial = useAction(TestWebhookDocument);
  const close = () => setAsked(null);
  const [said, setSaid] = useState<{ readonly ok: boolean; readonly text: string } | null>(null);
  const send = async () => {
    const sent = await trial.run({ input: { webhookId: id } });
    onChanged();
    if (sent === null) return setSaid(null);
    const { deliveredAt, statusCode, error } = sent.testWebhook.delivery;
    const answer = statusCode == null ? '' : ` (${statusCode})`;
    setSaid(
      deliveredAt
        ? { ok: true, text: `It was taken${answer}.` }
        : { ok: false, text: `It was not taken${answer}: ${apart(error ?? 'no answer')}` },
    );
  };
  return (
    <Panel
      title={name}
      actions={
        <>
          <Button busy={trial.busy} onPress={() => void send()}>
            Send a trial
          </Button>
          <ActionMenu
            label={`What can be done with ${name}`}
            actions={[
              {
                id: 'enabled',
                name: enabled ? 'Disable' : 'Enable',
                onPress: () => setAsked(enabled ? 'disable' : 'enable'),
              },
              { id: 'delete', name: 'Delete', isDanger: true, onPress: () => setAsked('delete') },
            ]}
          />
        </>
      }
    >
      <p className="told">
        <StateMark state={enabled ? 'Enabled' : 'Disabled'} /> <code>{url}</code>, told of{' '}
        {events.map(sentence).join(', ').toLowerCase()}
      </p>
      <ErrorNote error={trial.error} />
      {said !== null && <Note tone={said.ok ? 'good' : 'warn'} title={said.text} />}
      {deliveries.length === 0 ? (
        <p className="muted">It was not told of anything yet.</p>
      ) : (
        <DataTable
          label={`Messages to ${name}`}
          columns={COLUMNS}
          rows={deliveries}
          idOf={(one) => one.id}
          nameOf={({ event }) => event}
        />
      )}
      <AsCode
        label="The trial as code"
        code={{
          document: TestWebhookDocument,
          variables: { input: { webhookId: id } },
          command: commandLine('webhook', 'test', name),
        }}
      />
      <AsCode
        label="Its messages as code"
        code={{ document: WebhooksDocument, variables: {}, command: commandLine('webhook', 'deliveries', name) }}
      />
      {(asked === 'enable' || disables) && (
        <ActionDialog
          title={`${disables ? 'Disable' : 'Enable'} ${apart(name)}?`}
          verb={disables ? 'Disable' : 'Enable'}
          needs="ADMIN"
          isKeyed={false}
          document={UpdateWebhookDocument}
          input={{ webhookId: id, enabled: !disables }}
          command={commandLine('webhook', 'update', name, '--enabled', disables ? 'no' : 'yes')}
          onClose={close}
        >
          <p>
            {disables
              ? 'It is told of nothing until it is enabled again; what happens meanwhile is not told later.'
              : 'It is told of what happens from now on.'}
          </p>
        </ActionDialog>
      )}
      {asked === 'delete' && (
        <ActionDialog
          title={`Delete ${apart(name)}?`}
          verb="Delete webhook"
          isDanger
          needs="ADMIN"
          isKeyed={false}
          document={DeleteWebhookDocument}
          input={{ webhookId: id }}
          command={commandLine('webhook', 'delete', name)}
          onClose={close}
        >
          <p>It is told of nothing any more, and the record of its messages goes.</p>
        </ActionDialog>
      )}
    </Panel>
  );
}

export default function WebhooksPage() {
  const refusal = useRefusal('ADMIN');
  const answer = useApi(WebhooksDocument, {}, { enabled: refusal === null, everyMs: LOOK_MS });
  const code = { document: WebhooksDocument, variables: {}, command: commandLine('webhook', 'list') };
  const ask = () => void answer.refetch();
  if (refusal !== null) {
    return (
      <ServerFrame code={code}>
        <Note title="Webhooks are for administrators">{refusal}</Note>
      </ServerFrame>
    );
  }
  return (
    <ServerFrame code={code}>
      <ErrorNote error={answer.error} onRetry={ask} />
      {answer.data === undefined && answer.error === null && <Waiting what="webhooks" />}
      {answer.data?.webhooks.length === 0 && (
        <Empty title="No webhooks">
          A webhook is an address that is told of what happens: a channel of your team, or a program. Messages are
          signed, and tried for a day.
        </Empty>
      )}
      {answer.data?.webhooks.map((webhook) => (
        <WebhookPanel key={webhook.id} webhook={webhook} onChanged={ask} />
      ))}
      {answer.data !== undefined && <CreateWebhook onDone={ask} />}
    </ServerFrame>
  );
}
