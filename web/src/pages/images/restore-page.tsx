import { type FormEvent, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { checkCreateInstance } from '../../../../schema/rules/instance-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal, useWhoAmI } from '../../api/viewer.tsx';
import { formatBytes, formatNumberOf } from '../../format/numbers.ts';
import { formatDuration, formatExact } from '../../format/times.ts';
import {
  CreateInstanceDocument,
  type CreateInstanceInput,
  ImageDetailDocument,
  LastRestoresDocument,
  type LastRestoresQuery,
  type Loss,
} from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField, errorOf, RadioField, SelectField, TextField } from '../../ui/fields.tsx';
import { type LabelPair, LabelsField } from '../../ui/labels.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { createCommand } from '../instances/create-instance-page.tsx';
import type { ImageShown } from './image-shown.ts';
import { WhatWillHappen } from './what-will-happen.tsx';

const MOST_NAME = 40;

/** A name for what is restored: of what and when, `orders-0301-0215`. */
function restoredName(source: string, at: Date): string {
  const stamp = at.toISOString().slice(5, 16).replaceAll('-', '').replace(':', '').replace('T', '-');
  return `${source.slice(0, MOST_NAME - stamp.length - 1).replace(/-+$/, '')}-${stamp}`;
}

export default function RestorePage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useApi(ImageDetailDocument, { id }, { nouns: ['image'] });
  const image = data?.image;
  if (!image) {
    return (
      <Page title="Restore" back={{ to: '/images', name: 'Images' }}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {data === undefined && error === null && <Waiting what="the image" />}
        {image === null && <Empty title="There is no such image">It was never there, or is not for you to see.</Empty>}
      </Page>
    );
  }
  return <RestoreForm key={image.id} image={image} />;
}

/** How long the last restore of the same source took; null when none is known. */
function lastDuration(restores: LastRestoresQuery | undefined, image: ImageShown): number | null {
  const own = restores?.operations.nodes.filter((one) => one.image?.id === image.id) ?? [];
  const ofSource = restores?.operations.nodes.filter(
    (one) => one.image?.sourceInstance && one.image.sourceInstance.id === image.sourceInstance?.id,
  );
  const [last] = [...own, ...(ofSource ?? [])];
  if (last?.startedAt && last.finishedAt) return Date.parse(last.finishedAt) - Date.parse(last.startedAt);
  const drill = image.drills.find(({ recoverySeconds }) => recoverySeconds);
  return drill?.recoverySeconds ? drill.recoverySeconds * 1000 : null;
}

function RestoreForm({ image }: { readonly image: ImageShown }) {
  const { server } = useWhoAmI();
  const source = image.sourceInstance;
  const isSourceThere = source !== null && source !== undefined && source.state !== 'DELETED';
  const { data: around } = useApi(LastRestoresDocument, { sourceInstanceId: source?.id ?? null }, { nouns: ['image'] });
  const [name, setName] = useState(() => restoredName(image.sourceInstanceName, new Date()));
  const [version, setVersion] = useState(image.postgresVersion);
  const [storage, setStorage] = useState(String(image.sourceStorageGib));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [labels, setLabels] = useState<readonly LabelPair[]>([]);
  const [agreed, setAgreed] = useState(false);
  const [isStrict, setStrict] = useState(false);
  const [background, setBackground] = useState<'' | 'HOLD' | 'RUN'>('');
  const create = useAction(CreateInstanceDocument);
  const keyOf = useIdempotencyKey();
  const navigate = useNavigate();
  const role = useRefusal('OPERATOR');

  const losesRows = image.findings.some(({ severity }) => severity === 'CRITICAL');
  const loss: Loss | null = losesRows && agreed ? 'ROWS' : isStrict ? 'NOTHING' : null;
  const kept = image.databases.filter((database) => !left.has(database.name)).map((database) => database.name);
  const input: CreateInstanceInput = {
    name,
    sourceImageId: image.id,
    storageGib: Number(storage),
    ...(version === image.postgresVersion ? {} : { postgresVersion: version }),
    ...(left.size === 0 ? {} : { databases: kept }),
    ...(labels.length === 0 ? {} : { labels: [...labels] }),
    ...(loss === null ? {} : { acceptLoss: loss }),
    ...(background === '' ? {} : { backgroundWork: background }),
  };
  const fault = findFault(() => checkCreateInstance(input));
  const told = (field: string) => faultOf(fault, field) ?? errorOf(create.error, field);
  const refusal =
    role ??
    (image.state === 'AVAILABLE' ? null : `The image is ${image.state.toLowerCase()}.`) ??
    (losesRows && !agreed ? 'Rows are missing in it: agree to that first.' : null) ??
    fault?.message ??
    null;
  const versions = server.postgresVersions.filter((one) => Number(one) >= Number(image.postgresVersion));
  const took = lastDuration(around, image);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (refusal !== null) return;
    const answer = await create.run({ input: { ...input, idempotencyKey: keyOf(input) } });
    if (answer !== null) void navigate(`/operations/${answer.createInstance.operation.id}`);
  };

  return (
    <Page title={`Restore ${image.name}`} back={{ to: `/images/${image.id}`, name: image.name }}>
      <form className="form" noValidate onSubmit={(event) => void submit(event)}>
        <Panel title="1  What">
          <p>
            <strong>{image.sourceInstanceName}</strong> as it was{' '}
            {image.takenAt ? formatExact(Date.parse(image.takenAt)) : 'when the image was taken'} (
            <Moment at={image.takenAt} />
            ). {formatNumberOf(image.databases.length, 'database')}, {formatBytes(image.databaseBytes)}.
          </p>
          <OtherImages image={image} others={around?.images.nodes ?? []} />
        </Panel>
        <Panel title="2  Where">
          <div className="form">
            <TextField
              label="Name of the new instance"
              value={name}
              onChange={setName}
              error={told('name')}
              hint={`Nothing happens to ${image.sourceInstanceName}: a new server is made beside it.`}
            />
            {image.method === 'LOGICAL' && versions.length > 1 && (
              <SelectField
                label="PostgreSQL"
                value={version}
                choices={versions.map((one) => ({
                  value: one,
                  name: one === image.postgresVersion ? `${one}, as the image` : one,
                }))}
                onChange={setVersion}
                error={told('postgresVersion')}
              />
            )}
            <TextField
              label="Volume in GiB"
              type="number"
              min={image.sourceStorageGib}
              value={storage}
              onChange={setStorage}
              error={told('storageGib')}
              hint={`At least that of the source, ${image.sourceStorageGib} GiB.`}
            />
            {image.method === 'LOGICAL' && image.databases.length > 1 && (
              <fieldset className="radios">
                <legend>Databases</legend>
                {image.databases.map((database) => (
                  <CheckField
                    key={database.name}
                    label={`${database.name} (${formatBytes(database.sizeBytes)})`}
                    checked={!left.has(database.name)}
                    onChange={(isKept) => {
                      const next = new Set(left);
                      if (isKept) next.delete(database.name);
                      else next.add(database.name);
                      setLeft(next);
                    }}
                  />
                ))}
              </fieldset>
            )}
            <LabelsField labels={labels} onChange={setLabels} error={told('labels')} />
          </div>
        </Panel>
        <Panel title="3  What will happen">
          <WhatWillHappen image={image} isSourceThere={isSourceThere} background={background} leftOut={[...left]} />
          {took !== null && <p>The last restore like this took {formatDuration(took)}.</p>}
          {losesRows && (
            <CheckField
              label={`I agree that what is listed under “Lost” will be missing in ${name === '' ? 'the new instance' : name}.`}
              checked={agreed}
              onChange={setAgreed}
            />
          )}
          {!losesRows && (
            <CheckField
              label="Stop if anything at all would be missing"
              checked={isStrict}
              onChange={setStrict}
              hint="Else objects may be missing, each with a finding that says why; rows never without being agreed to."
            />
          )}
          <RadioField
            label="Work that acts by itself (jobs of pg_cron, subscriptions)"
            value={background}
            choices={[
              {
                value: '',
                name: 'What is safe',
                hint: isSourceThere
                  ? `It is held: ${image.sourceInstanceName} is there, and does it.`
                  : `It runs: ${image.sourceInstanceName} is gone, and nobody else does it.`,
              },
              { value: 'HOLD', name: 'Hold it', hint: 'It is there, and does nothing until you let it.' },
              {
                value: 'RUN',
                name: 'Let it run',
                hint: isSourceThere ? `Then both do it, ${image.sourceInstanceName} and this one.` : '',
              },
            ]}
            onChange={setBackground}
          />
        </Panel>
        {role !== null && <Note>{role}</Note>}
        <ErrorNote error={create.error} />
        <div className="actions">
          <Button kind="primary" type="submit" refusal={refusal} busy={create.busy}>
            Restore as new instance
          </Button>
          <span className="hint">It becomes an operation that can be followed and cancelled.</span>
        </div>
        <AsCode
          code={{ document: CreateInstanceDocument, variables: { input }, command: createCommand(input, image.name) }}
        />
      </form>
    </Page>
  );
}

function OtherImages(props: { readonly image: ImageShown; readonly others: LastRestoresQuery['images']['nodes'] }) {
  const { image, others } = props;
  const choices = others.filter(({ id }) => id !== image.id);
  if (choices.length === 0 || !image.sourceInstance) return null;
  return (
    <details>
      <summary>Another time: {formatNumberOf(choices.length, 'other image')} of it</summary>
      <ul className="short-list">
        {choices.slice(0, 30).map((other) => (
          <li key={other.id}>
            <Link to={`/images/${other.id}/restore`} replace>
              {other.takenAt ? formatExact(Date.parse(other.takenAt)) : other.name}
            </Link>{' '}
            <span className="muted">
              {other.name}, {formatBytes(other.sizeBytes)}
              {other.lastDrill[0]?.state === 'PASSED' ? ', proven' : ''}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
