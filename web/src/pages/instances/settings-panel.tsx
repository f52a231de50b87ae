import { type FormEvent, useState } from 'react';
import { checkUpdateInstance } from '../../../../schema/rules/instance-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { queries } from '../../api/queries.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine, labelWord } from '../../format/command-line.ts';
import { UpdateInstanceDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { CheckField, errorOf, TextField } from '../../ui/fields.tsx';
import { type LabelPair, LabelsField, printLabel } from '../../ui/labels.tsx';
import { ErrorNote, Note } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import type { InstanceShown } from './instance-shown.ts';

/** What can be changed of an instance. Only what is changed is sent, so that nobody undoes what somebody else did. */
export function SettingsPanel({ instance }: { readonly instance: InstanceShown }) {
  const [labels, setLabels] = useState<readonly LabelPair[]>(instance.labels);
  const [storage, setStorage] = useState(String(instance.storageGib));
  const [isProtected, setProtected] = useState(instance.deletionProtection);
  const [operation, setOperation] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const update = useAction(UpdateInstanceDocument);
  const keyOf = useIdempotencyKey();
  const refusal = useRefusal('OPERATOR');

  const added = labels.filter((label) => !instance.labels.some((one) => printLabel(one) === printLabel(label)));
  const removed = instance.labels.filter(({ key }) => !labels.some((one) => one.key === key)).map(({ key }) => key);
  const input = {
    instanceId: instance.id,
    ...(added.length === 0 ? {} : { addLabels: added }),
    ...(removed.length === 0 ? {} : { removeLabels: removed }),
    ...(Number(storage) === instance.storageGib ? {} : { storageGib: Number(storage) }),
    ...(isProtected === instance.deletionProtection ? {} : { deletionProtection: isProtected }),
  };
  const isSame = Object.keys(input).length === 1;
  const fault = findFault(() => checkUpdateInstance(input));
  const told = (field: string) => faultOf(fault, field) ?? errorOf(update.error, field);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSame || fault !== null || refusal !== null) return;
    setDone(false);
    const data = await update.run({ input: { ...input, idempotencyKey: keyOf(input) } });
    if (data === null) return;
    setOperation(data.updateInstance.operation?.id ?? null);
    setDone(true);
    void queries.invalidateQueries();
  };

  return (
    <Panel title="Settings">
      <form className="form" noValidate onSubmit={(event) => void submit(event)}>
        {refusal !== null && <Note>{refusal}</Note>}
        <LabelsField labels={labels} onChange={setLabels} error={told('addLabels') ?? told('labels')} />
        <TextField
          label="Volume in GiB"
          type="number"
          min={instance.storageGib}
          max={16384}
          value={storage}
          onChange={setStorage}
          error={told('storageGib')}
          hint="Volumes only grow."
        />
        <CheckField
          label="Protect it from being deleted"
          checked={isProtected}
          onChange={setProtected}
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
          code={{
            document: UpdateInstanceDocument,
            variables: { input },
            command: commandLine(
              'instance',
              'update',
              instance.name,
              added.flatMap((label) => ['--add-label', labelWord(label)]),
              removed.flatMap((key) => ['--remove-label', key]),
              input.storageGib === undefined ? [] : ['--storage-gib', storage],
              input.deletionProtection === undefined ? [] : ['--deletion-protection', isProtected ? 'yes' : 'no'],
            ),
          }}
        />
      </form>
    </Panel>
  );
}
