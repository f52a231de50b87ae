import { type FormEvent, useState } from 'react';
import { checkUpdateImage } from '../../../../schema/rules/image-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { queries } from '../../api/queries.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine, labelWord } from '../../format/command-line.ts';
import { UpdateImageDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField, errorOf, TextArea, TextField } from '../../ui/fields.tsx';
import { type LabelPair, LabelsField, printLabel } from '../../ui/labels.tsx';
import { ErrorNote, Note } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import type { ImageShown } from './image-shown.ts';

/** A time as the field for it has it: of this place, without a zone. */
function toLocal(at: string | null | undefined): string {
  if (!at) return '';
  const time = new Date(at);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What can be changed of an image: what people say of it, and for how long it is kept. */
export function ImageSettings({ image }: { readonly image: ImageShown }) {
  const [description, setDescription] = useState(image.description ?? '');
  const [isProtected, setProtected] = useState(image.protected);
  const [expires, setExpires] = useState(toLocal(image.expiresAt));
  const [labels, setLabels] = useState<readonly LabelPair[]>(image.labels);
  const [isDone, setDone] = useState(false);
  const update = useAction(UpdateImageDocument);
  const keyOf = useIdempotencyKey();
  const refusal = useRefusal('OPERATOR');

  const added = labels.filter((label) => !image.labels.some((one) => printLabel(one) === printLabel(label)));
  const removed = image.labels.filter(({ key }) => !labels.some((one) => one.key === key)).map(({ key }) => key);
  const expiresAt = expires === '' ? null : new Date(expires).toISOString();
  const input = {
    imageId: image.id,
    ...(description === (image.description ?? '') ? {} : { description: description === '' ? null : description }),
    ...(isProtected === image.protected ? {} : { protected: isProtected }),
    ...(expires === toLocal(image.expiresAt) ? {} : { expiresAt }),
    ...(added.length === 0 ? {} : { addLabels: added }),
    ...(removed.length === 0 ? {} : { removeLabels: removed }),
  };
  const isSame = Object.keys(input).length === 1;
  const checked =
    'expiresAt' in input && input.expiresAt
      ? { ...input, expiresAt: new Date(input.expiresAt) }
      : { ...input, expiresAt: null };
  const fault = findFault(() => checkUpdateImage(checked));
  const told = (field: string) => faultOf(fault, field) ?? errorOf(update.error, field);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSame || fault !== null || refusal !== null) return;
    const data = await update.run({ input: { ...input, idempotencyKey: keyOf(input) } });
    setDone(data !== null);
    if (data !== null) void queries.invalidateQueries();
  };

  return (
    <Panel title="Settings">
      <form className="form" noValidate onSubmit={(event) => void submit(event)}>
        {refusal !== null && <Note>{refusal}</Note>}
        <TextArea label="Description" value={description} onChange={setDescription} error={told('description')} />
        <LabelsField labels={labels} onChange={setLabels} error={told('addLabels') ?? told('labels')} />
        <CheckField
          label="Protect it"
          checked={isProtected}
          onChange={setProtected}
          hint="Neither people nor retention delete it until this is taken back."
        />
        <TextField
          label="Retention may delete it from"
          type="datetime-local"
          value={expires}
          onChange={setExpires}
          error={told('expiresAt')}
          hint={`In the time of this place, ${Intl.DateTimeFormat().resolvedOptions().timeZone}. Empty: never by time.`}
        />
        <ErrorNote error={update.error} />
        {isDone && isSame && <Note tone="good">Changed.</Note>}
        <div className="actions">
          <Button
            kind="primary"
            type="submit"
            busy={update.busy}
            refusal={refusal ?? (isSame ? 'Nothing is changed.' : (fault?.message ?? null))}
          >
            Save
          </Button>
        </div>
        <AsCode
          code={{
            document: UpdateImageDocument,
            variables: { input },
            command: commandLine(
              'image',
              'update',
              image.name,
              input.description === undefined ? [] : ['--description', description],
              input.protected === undefined ? [] : ['--protected', isProtected ? 'yes' : 'no'],
              input.expiresAt === undefined ? [] : ['--expires-at', expiresAt ?? 'never'],
              added.flatMap((label) => ['--add-label', labelWord(label)]),
              removed.flatMap((key) => ['--remove-label', key]),
            ),
          }}
        />
      </form>
    </Panel>
  );
}
