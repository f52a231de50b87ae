import type { FormEvent } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useAction, useIdempotencyKey } from '../../../api/actions.ts';
import { useApi } from '../../../api/queries.ts';
import { useRefusal } from '../../../api/viewer.tsx';
import { formatBytes, formatNumberOf } from '../../../format/numbers.ts';
import { formatExact } from '../../../format/times.ts';
import { CreateInstanceDocument, ImageDetailDocument, LastRestoresDocument } from '../../../generated/graphql.ts';
import { AsCode } from '../../../ui/as-code.tsx';
import { Button } from '../../../ui/button.tsx';
import { Moment } from '../../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../../ui/notices.tsx';
import { Page, Panel } from '../../../ui/page.tsx';
import { createCommand } from '../../instances/create-instance-page.tsx';
import type { ImageShown } from '../image-shown.ts';
import { lastDuration } from './last-duration.ts';
import { OtherImages } from './other-images.tsx';
import { OutcomePanel } from './outcome-panel.tsx';
import { useRestoreForm } from './use-restore-form.ts';
import { WherePanel } from './where-panel.tsx';

export default function RestorePage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useApi(ImageDetailDocument, { id }, { nouns: ['image'], about: id });
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
  return <Restore key={image.id} image={image} />;
}

function Restore({ image }: { readonly image: ImageShown }) {
  const sourceInstanceId = image.sourceInstance?.id ?? null;
  const last = useApi(LastRestoresDocument, { sourceInstanceId }, { nouns: ['image'] });
  const around = last.data;
  const create = useAction(CreateInstanceDocument);
  const role = useRefusal('OPERATOR');
  const form = useRestoreForm(image, role, create.error);
  const keyOf = useIdempotencyKey();
  const navigate = useNavigate();
  const { input, refusal } = form;

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
            {image.takenAt ? `on ${formatExact(Date.parse(image.takenAt))}` : 'when the image was taken'} (
            <Moment at={image.takenAt} />
            ). {formatNumberOf(image.databases.length, 'database')}, {formatBytes(image.databaseBytes)}.
          </p>
          <OtherImages image={image} others={around?.images.nodes ?? []} />
          <ErrorNote error={last.error} onRetry={() => void last.refetch()} />
        </Panel>
        <WherePanel image={image} form={form} />
        <OutcomePanel image={image} form={form} tookMs={lastDuration(around, image)} />
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
