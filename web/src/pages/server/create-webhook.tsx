import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { commandLine } from '../../format/command-line.ts';
import { sentence } from '../../format/words.ts';
import { CreateWebhookDocument, type WebhookEvent } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField, errorOf, TextField } from '../../ui/fields.tsx';
import { ErrorNote } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';

const EVENTS: readonly WebhookEvent[] = [
  'ALERT_OPENED',
  'ALERT_RESOLVED',
  'OPERATION_FAILED',
  'OPERATION_SUCCEEDED',
  'OPERATION_CANCELLED',
  'DRILL_PASSED',
  'DRILL_FAILED',
];

/** A form for an address that is told. */
export function CreateWebhook({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(['ALERT_OPENED', 'ALERT_RESOLVED']);
  const [secret, setSecret] = useState<string | null>(null);
  const create = useAction(CreateWebhookDocument);
  const input = { name, url, events: [...events] };
  const submit = async () => {
    const made = await create.run({ input });
    if (made === null) return;
    onDone();
    setName('');
    setUrl('');
    setSecret(made.createWebhook.secret);
  };
  const isToldBeside = ['name', 'url'].some((field) => errorOf(create.error, field) !== null);
  const told = events.flatMap((event) => ['--event', event.toLowerCase().replace('_', '.')]);
  return (
    <Panel title="New webhook">
      {secret !== null && (
        <ShownOnce what="The secret that its messages are signed with" secret={secret} onDone={() => setSecret(null)} />
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label="Name" value={name} required error={errorOf(create.error, 'name')} onChange={setName} />
        <TextField
          label="Address"
          value={url}
          required
          placeholder="https://"
          hint="Slack and Microsoft Teams get messages in their own form."
          error={errorOf(create.error, 'url')}
          onChange={setUrl}
        />
        <fieldset className="rules">
          <legend>Told of</legend>
          {EVENTS.map((event) => (
            <CheckField
              key={event}
              label={sentence(event)}
              checked={events.includes(event)}
              onChange={(isOn) => setEvents(isOn ? [...events, event] : events.filter((one) => one !== event))}
            />
          ))}
        </fieldset>
        {!isToldBeside && <ErrorNote error={create.error} />}
        <div className="actions">
          <Button kind="primary" type="submit" busy={create.busy}>
            Create webhook
          </Button>
        </div>
      </form>
      <AsCode
        label="The new webhook as code"
        code={{
          document: CreateWebhookDocument,
          variables: { input },
          command: commandLine('webhook', 'create', name, url, told),
        }}
      />
    </Panel>
  );
}
