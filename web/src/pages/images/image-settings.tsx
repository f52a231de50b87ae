import { type FormEvent, useState } from 'react';
import { checkUpdateImage } from '../../../../schema/rules/image-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { putRecord, queries } from '../../api/queries.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine, labelWord } from '../../format/command-line.ts';
import { NO_TIME, readLocalField, toLocalField } from '../../format/local-field.ts';
import { UpdateImageDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { type Entered, enteredOf, withEntered } from '../../ui/entered.ts';
import { CheckField, errorOf, TextArea, TextField } from '../../ui/fields.tsx';
import { editsOf, labelChange, NO_EDITS, withEdits } from '../../ui/label-edits.ts';
import { LabelsField } from '../../ui/labels.tsx';
import { ErrorNote, Note } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import type { ImageShown } from './image-shown.ts';

/**
 * What can be changed of an image: what people say of it, and for how long it is kept. Only what somebody has entered is sent;
 * the rest shows the record as it is now.
 */
export function ImageSettings({ image }: { readonly image: ImageShown }) {
  const record = {
    description: image.description ?? '',
    isProtected: image.protected,
    expires: toLocalField(image.expiresAt),
  };
  const [entered, setEntered] = useState<Entered<typeof record>>({});
  const [edits, setEdits] = useState(NO_EDITS);
  const [isDone, setDone] = useState(false);
  const update = useAction(UpdateImageDocument);
  const keyOf = useIdempotencyKey();
  const refusal = useRefusal('OPERATOR');

  const shown = withEntered(record, entered);
  const enter = (change: Entered<typeof record>) => setEntered(enteredOf(record, { ...shown, ...change }));
  const labels = withEdits(image.labels, edits);
  const news = enteredOf(record, shown);
  const expires = news.expires === undefined ? undefined : readLocalField(news.expires);
  const input = {
    imageId: image.id,
    ...(news.description === undefined ? {} : { description: news.description === '' ? null : news.description }),
    ...(news.isProtected === undefined ? {} : { protected: news.isProtected }),
    ...(expires === undefined ? {} : { expiresAt: expires.at }),
    ...labelChange(image.labels, edits),
  };
  const isSame = Object.keys(input).length === 1;
  const checked = { ...input, expiresAt: input.expiresAt ? new Date(input.expiresAt) : null };
  const fault = expires?.isNone ? { field: 'expiresAt', message: NO_TIME } : findFault(() => checkUpdateImage(checked));
  const told = (field: string) => faultOf(fault, field) ?? errorOf(update.error, field);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSame || fault !== null || refusal !== null || update.busy) return;
    const data = await update.run({ input: { ...input, idempotencyKey: keyOf(input) } });
    setDone(data !== null);
    if (data === null) return;
    keyOf.renew();
    putRecord(data.updateImage.image);
    // What was entered while it was sent stays entered.
    setEntered((now) => (now === entered ? {} : now));
    setEdits((now) => (now === edits ? NO_EDITS : now));
    void queries.invalidateQueries();
  };

  return (
    <Panel title="Settings">
      <form className="form" noValidate onSubmit={(event) => void submit(event)}>
        {refusal !== null && <Note>{refusal}</Note>}
        <TextArea
          label="Description"
          value={shown.description}
          onChange={(description) => enter({ description })}
          error={told('description')}
        />
        <LabelsField
          labels={labels}
          onChange={(next) => setEdits(editsOf(image.labels, next))}
          error={told('addLabels') ?? told('labels')}
        />
        <CheckField
          label="Protect it"
          checked={shown.isProtected}
          onChange={(isProtected) => enter({ isProtected })}
          hint="Neither people nor retention delete it until this is taken back."
        />
        <TextField
          label="Retention may delete it from"
          type="datetime-local"
          value={shown.expires}
          onChange={(expires) => enter({ expires })}
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
          label="The change as code"
          code={{
            document: UpdateImageDocument,
            variables: { input },
            command: commandLine(
              'image',
              'update',
              image.name,
              input.description === undefined ? [] : ['--description', input.description ?? ''],
              input.protected === undefined ? [] : ['--protected', input.protected ? 'yes' : 'no'],
              input.expiresAt === undefined ? [] : ['--expires-at', input.expiresAt ?? 'never'],
              input.addLabels?.flatMap((label) => ['--add-label', labelWord(label)]),
              input.removeLabels?.flatMap((key) => ['--remove-label', key]),
            ),
          }}
        />
      </form>
    </Panel>
  );
}
