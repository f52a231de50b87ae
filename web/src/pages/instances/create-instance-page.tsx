import { type FormEvent, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { checkCreateInstance } from '../../../../schema/rules/instance-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal, useWhoAmI } from '../../api/viewer.tsx';
import { commandLine, labelWord } from '../../format/command-line.ts';
import { CreateInstanceDocument, type CreateInstanceInput } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField, errorOf, RadioField, SelectField, TextField } from '../../ui/fields.tsx';
import { type LabelPair, LabelsField } from '../../ui/labels.tsx';
import { ErrorNote, Note } from '../../ui/notices.tsx';
import { Page, Panel } from '../../ui/page.tsx';

/** The line of `toygres` that makes the same instance. A password is read from stdin, and stands in no command line. */
export function createCommand(input: CreateInstanceInput, imageName?: string): string {
  return commandLine(
    'instance',
    'create',
    input.name === '' ? 'NAME' : input.name,
    imageName === undefined ? [] : ['--from-image', imageName],
    input.acceptLoss ? ['--accept-loss', input.acceptLoss] : [],
    input.backgroundWork ? ['--background-work', input.backgroundWork] : [],
    input.durableFunctions ? ['--durable-functions', input.durableFunctions] : [],
    input.allowExtensionUpgrade ? ['--allow-extension-upgrade'] : [],
    (input.databases ?? []).flatMap((name) => ['--database', name]),
    input.postgresVersion ? ['--postgres-version', input.postgresVersion] : [],
    input.imageType ? ['--image-type', input.imageType] : [],
    input.storageGib ? ['--storage-gib', String(input.storageGib)] : [],
    input.exposure ? ['--exposure', input.exposure] : [],
    input.dnsLabel ? ['--dns-label', input.dnsLabel] : [],
    input.namespace ? ['--namespace', input.namespace] : [],
    input.deletionProtection ? ['--deletion-protection'] : [],
    input.password ? ['--password-stdin'] : [],
    (input.labels ?? []).flatMap((label) => ['--label', labelWord(label)]),
    '--watch',
  );
}

export default function CreateInstancePage() {
  const { server } = useWhoAmI();
  const [params] = useSearchParams();
  const [name, setName] = useState(params.get('name') ?? '');
  const [version, setVersion] = useState('');
  const [storage, setStorage] = useState('10');
  const [imageType, setImageType] = useState<'STOCK' | 'PG_DURABLE'>('STOCK');
  const [exposure, setExposure] = useState<'INTERNAL' | 'PUBLIC'>('INTERNAL');
  const [dnsLabel, setDnsLabel] = useState('');
  const [namespace, setNamespace] = useState('');
  const [password, setPassword] = useState('');
  const [isProtected, setProtected] = useState(false);
  const [labels, setLabels] = useState<readonly LabelPair[]>([]);
  const [isTouched, setTouched] = useState(false);
  const create = useAction(CreateInstanceDocument);
  const keyOf = useIdempotencyKey();
  const refusal = useRefusal('OPERATOR');
  const navigate = useNavigate();

  const input: CreateInstanceInput = {
    name,
    storageGib: Number(storage),
    ...(version === '' ? {} : { postgresVersion: version }),
    ...(imageType === 'STOCK' ? {} : { imageType }),
    ...(exposure === 'INTERNAL' ? {} : { exposure }),
    ...(exposure === 'PUBLIC' && dnsLabel !== '' ? { dnsLabel } : {}),
    ...(namespace === '' ? {} : { namespace }),
    ...(isProtected ? { deletionProtection: true } : {}),
    ...(labels.length === 0 ? {} : { labels: [...labels] }),
  };
  const withPassword = password === '' ? input : { ...input, password };
  const fault = findFault(() => checkCreateInstance(withPassword));
  const told = (field: string) => (isTouched ? faultOf(fault, field) : null) ?? errorOf(create.error, field);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (fault !== null || refusal !== null) return;
    const data = await create.run({ input: { ...withPassword, idempotencyKey: keyOf(withPassword) } });
    if (data !== null) void navigate(`/operations/${data.createInstance.operation.id}`);
  };

  return (
    <Page title="Create instance" back={{ to: '/instances', name: 'Instances' }}>
      <form className="form narrow" noValidate onSubmit={(event) => void submit(event)}>
        {refusal !== null && <Note>{refusal}</Note>}
        <Panel title="What">
          <div className="form">
            <TextField
              label="Name"
              value={name}
              onChange={setName}
              onBlur={() => setTouched(name !== '')}
              error={told('name')}
              hint="Lower-case letters, digits and “-”, at most 40. It names the server, and stands in its address."
              autoFocus
            />
            <SelectField
              label="PostgreSQL"
              value={version}
              choices={[
                { value: '', name: `${server.postgresVersions[0] ?? ''} (newest)` },
                ...server.postgresVersions.slice(1).map((one) => ({ value: one, name: one })),
              ]}
              onChange={setVersion}
              error={told('postgresVersion')}
            />
            <TextField
              label="Volume in GiB"
              type="number"
              min={1}
              max={16384}
              value={storage}
              onChange={setStorage}
              error={told('storageGib')}
              hint="It can be made larger later, and never smaller."
            />
            <LabelsField labels={labels} onChange={setLabels} error={told('labels')} />
          </div>
        </Panel>
        <details className="panel more">
          <summary>More: kind, address, password, protection</summary>
          <div className="form">
            <RadioField
              label="Kind"
              value={imageType}
              choices={[
                { value: 'STOCK', name: 'PostgreSQL', hint: 'As it comes.' },
                { value: 'PG_DURABLE', name: 'PostgreSQL with pg_durable', hint: 'Durable functions in the database.' },
              ]}
              onChange={setImageType}
            />
            <RadioField
              label="Reached from"
              value={exposure}
              choices={[
                { value: 'INTERNAL', name: 'Inside', hint: 'This machine, or its cluster.' },
                { value: 'PUBLIC', name: 'Everywhere', hint: 'By a public address, where the platform gives one.' },
              ]}
              onChange={setExposure}
            />
            {exposure === 'PUBLIC' && (
              <TextField
                label="Label of the public name"
                value={dnsLabel}
                onChange={setDnsLabel}
                error={told('dnsLabel')}
              />
            )}
            {server.namespaces.length > 1 && (
              <SelectField
                label="Namespace"
                value={namespace}
                choices={[
                  { value: '', name: `${server.namespaces[0] ?? ''} (the first)` },
                  ...server.namespaces.slice(1).map((one) => ({ value: one, name: one })),
                ]}
                onChange={setNamespace}
                error={told('namespace')}
              />
            )}
            <TextField
              label="Password of the superuser"
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={setPassword}
              error={told('password')}
              hint="Left empty, one is made, which is better. It can be read later by who may."
            />
            <CheckField
              label="Protect it from being deleted"
              checked={isProtected}
              onChange={setProtected}
              hint="Deleting it is refused until this is taken back."
            />
          </div>
        </details>
        <ErrorNote error={create.error} />
        <div className="actions">
          <Button kind="primary" type="submit" busy={create.busy} refusal={refusal}>
            Create instance
          </Button>
        </div>
        <AsCode
          code={{ document: CreateInstanceDocument, variables: { input }, command: createCommand(withPassword) }}
        />
      </form>
    </Page>
  );
}
