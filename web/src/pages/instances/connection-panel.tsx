import { useState } from 'react';
import { api, ToygresError } from '../../api/client.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatDuration } from '../../format/times.ts';
import { asSentence } from '../../format/words.ts';
import {
  CheckConnectionDocument,
  type CheckConnectionQuery,
  InstanceCredentialsDocument,
  type InstanceCredentialsQuery,
  type InstanceRowFragment,
  type Login,
} from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { Address, CopyButton } from '../../ui/copy.tsx';
import { ErrorNote, Note } from '../../ui/notices.tsx';
import { Facts, Panel } from '../../ui/page.tsx';

/** Where it is reached, and with which password: that shows when it is asked for, which is written into the audit log. */
export function ConnectionPanel({ instance }: { readonly instance: InstanceRowFragment }) {
  const { id, name, endpoint, state } = instance;
  const [shown, setShown] = useState<(InstanceCredentialsQuery['instanceCredentials'] & { login: Login }) | null>(null);
  const [check, setCheck] = useState<CheckConnectionQuery['checkConnection'] | null>(null);
  const [busy, setBusy] = useState<'check' | Login | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const operator = useRefusal('OPERATOR');
  const admin = useRefusal('ADMIN');

  const during = async (what: 'check' | Login, work: () => Promise<void>) => {
    setBusy(what);
    setError(null);
    await work().catch((failed: unknown) =>
      setError(failed instanceof ToygresError ? failed : new Error(String(failed))),
    );
    setBusy(null);
  };
  const show = (login: Login) =>
    during(login, async () => {
      const { instanceCredentials } = await api.request(InstanceCredentialsDocument, { instanceId: id, login });
      setShown({ ...instanceCredentials, login });
    });
  const tryIt = () =>
    during('check', async () =>
      setCheck((await api.request(CheckConnectionDocument, { instanceId: id })).checkConnection),
    );

  return (
    <Panel
      title="Connection"
      actions={
        <Button
          busy={busy === 'check'}
          refusal={state === 'RUNNING' ? null : 'It does not run.'}
          onPress={() => void tryIt()}
        >
          Check
        </Button>
      }
    >
      {endpoint ? (
        <Facts
          facts={[
            ['Address', <Address key="address" text={`${endpoint.host}:${endpoint.port}`} what="the address" />],
            [
              'Connection string, without a password',
              <Address key="string" text={endpoint.connectionString} what="the connection string" />,
            ],
          ]}
        />
      ) : (
        <p className="muted">It has an address while it runs.</p>
      )}
      {check?.ok === true && (
        <Note tone="good">
          It answered in {formatDuration(check.latencyMs ?? 0)}: PostgreSQL {check.serverVersion}.
          {check.durableWorkerRunning === false &&
            ` The pg_durable worker does not run: ${check.durableWorkerDetail ?? ''}`}
        </Note>
      )}
      {check?.ok === false && <Note tone="bad">{asSentence(check.failure?.message ?? 'It did not answer.')}</Note>}
      <ErrorNote error={error} />
      {shown === null ? (
        <div className="actions">
          <Button busy={busy === 'OWNER'} refusal={operator} onPress={() => void show('OWNER')}>
            Show credentials
          </Button>
          <Button busy={busy === 'SUPERUSER'} refusal={admin} onPress={() => void show('SUPERUSER')}>
            Show superuser credentials
          </Button>
          <span className="hint">Looking at them is written into the audit log.</span>
        </div>
      ) : (
        <>
          <Facts
            facts={[
              ['Login', shown.login === 'OWNER' ? 'owner of the database' : 'superuser'],
              ['User', <Copied key="user" text={shown.username} what="the user" />],
              ['Password', <Copied key="password" text={shown.password} what="the password" />],
              [
                'Connection string',
                <Address key="string" text={shown.connectionString} what="the connection string" />,
              ],
            ]}
          />
          <Button onPress={() => setShown(null)}>Hide</Button>
        </>
      )}
      <AsCode
        code={{
          document: InstanceCredentialsDocument,
          variables: { instanceId: id, login: 'OWNER' },
          command: commandLine('instance', 'credentials', name, '--login', 'owner'),
        }}
        label="Credentials as code"
      />
      <AsCode
        code={{
          document: CheckConnectionDocument,
          variables: { instanceId: id },
          command: commandLine('instance', 'check', name),
        }}
        label="The check as code"
      />
    </Panel>
  );
}

function Copied({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className="id wrap">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
