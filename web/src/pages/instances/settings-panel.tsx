import { type FormEvent, useState } from 'react';
import { checkUpdateInstance } from '../../../../schema/rules/instance-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { putRecord, queries } from '../../api/queries.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine, labelWord } from '../../format/command-line.ts';
import { UpdateInstanceDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { type Entered, enteredOf, withEntered } from '../../ui/entered.ts';
import { CheckField, errorOf, TextField } from '../../ui/fields.tsx';
import { editsOf, labelChange, NO_EDITS, withEdits } from '../../ui/label-edits.ts';
import { LabelsField } from '../../ui/labels.tsx';
import { ErrorNote, Note } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import type { InstanceShown } from './instance-shown.ts';

/**
 * What can be changed of an instance. Only what somebody has entered is sent, and the rest shows the record as it is now: nobody
 * undoes what somebody else does meanwhile.
 */
export function SettingsPanel({ instance }: { readonly instance: InstanceShown }) {
  const record = { storage: String(instance.storageGib), isProtected: instance.deletionProtection };
  const [entered, setEntered] = useState<Entered<typeof record>>({});
  const [edits, setEdits] = useState(NO_EDITS);
  const [operation, setOperation] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const update = useAction(UpdateInstanceDocument);
  const keyOf = useIdempotencyKey();
  const refusal = useRefusal('OPERATOR');

  const shown = withEntered(record, entered);
  const enter = (change: Entered<typeof record>) => setEntered(enteredOf(record, { ...shown, ...change }));
  const labels = withEdits(instance.labels, edits);
  const news = enteredOf(record, shown);
  const input = {
    instanceId: instance.id,
    ...labelChange(instance.labels, edits),
    ...(news.storage === undefined ? {} : { storageGib: Number(news.storage) }),
    ...(news.isProtected === undefined ? {} : { deletionProtection: news.isProtected }),
  };
  const isSame = Object.keys(input).length === 1;
  const fault = findFault(() => checkUpdateInstance(input));
  const told = (field: string) => faultOf(fault, field) ?? errorOf(update.error, field);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSame || fault !== null || refusal !== null || update.busy) return;
    setDone(false);
    const data = await update.run({ input: { ...input, idempotencyKey: keyOf(input) } });
    if (data === null) return;
    keyOf.renew();
    putRecord(data.updateInstance.instance);
    // What was entered while it was sent stays entered.
    setEntered((now) => (now === entered ? {} : now));
    setEdits((now) => (now === edits ? NO_EDITS : now));
    setOperation(data.updateInstance.operation?.id ?? null);
    setDone(true);
    void queries.invalidateQueries();
  };

  return (
    <Panel title="Settings">
      <form className="form" noValidate onSubmit={(event) => void submit(event)}>
        {refusal !== null && <Note>{refusal}</Note>}
        <LabelsField
          labels={labels}
          onChange={(next) => setEdits(editsOf(instance.labels, next))}
          error={told('addLabels') ?? told('labels')}
        />
        <TextField
          label="Volume in GiB"
          type="number"
          min={instance.storageGib}
          max={16384}
          value={shown.storage}
          onChange={(storage) => enter({ storage })}
          error={told('storageGib')}
          hint="Volumes only grow."
        />
        <CheckField
          label="Protect it from being deleted"
          checked={shown.isProtected}
          onChange={(isProtected) => enter({ isProtected })}
          hint="Deleting it is refused until this is taken back."
        />
        <ErrorNote error={update.error} />
        {isDone && (
          <Note tone="good">
            Changed.{' '}
            {operation !== null && (
              <LinkButton to={`/operations/${operation}`} kind="quiet">
                Follow what it takes
              </LinkButton>
            )}
          </Note>
        )}
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
            document: UpdateInstanceDocument,
            variables: { input },
            command: commandLine(
              'instance',
              'update',
              instance.name,
              input.addLabels?.flatMap((label) => ['--add-label', labelWord(label)]),
              input.removeLabels?.flatMap((key) => ['--remove-label', key]),
              input.storageGib === undefined ? [] : ['--storage-gib', String(input.storageGib)],
              input.deletionProtection === undefined
                ? []
                : ['--deletion-protection', input.deletionProtection ? 'yes' : 'no'],
            ),
          }}
        />
      </form>
    </Panel>
  );
}
