import { useState } from 'react';
import { Link } from 'react-router';
import { api, ToygresError } from '../../api/client.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import {
  DeleteInstanceDocument,
  type InstanceRowFragment,
  RestartInstanceDocument,
  StartInstanceDocument,
  StopInstanceDocument,
  TakeImageDocument,
} from '../../generated/graphql.ts';
import { AsCode, type Code } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { AskDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { defaultImageName } from './image-name.ts';

type Row = InstanceRowFragment;

interface Bulk {
  readonly id: string;
  readonly verb: string;
  readonly isFor: (row: Row) => boolean;
  readonly send: (row: Row) => Promise<string>;
  readonly code: (row: Row) => Code;
  readonly isDanger?: boolean;
}

const stamp = () => crypto.randomUUID();

const BULKS: readonly Bulk[] = [
  {
    id: 'image',
    verb: 'Take images',
    isFor: ({ state }) => state === 'RUNNING',
    send: async ({ id, name }) =>
      (
        await api.request(TakeImageDocument, {
          input: { instanceId: id, name: defaultImageName(name), idempotencyKey: stamp() },
        })
      ).createImage.operation.id,
    code: ({ id, name }) => ({
      document: TakeImageDocument,
      variables: { input: { instanceId: id, name: defaultImageName(name) } },
      command: commandLine('image', 'create', defaultImageName(name), '--instance', name),
    }),
  },
  {
    id: 'start',
    verb: 'Start',
    isFor: ({ state }) => state === 'STOPPED',
    send: async ({ id }) =>
      (await api.request(StartInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } })).startInstance
        .operation.id,
    code: ({ id, name }) => ({
      document: StartInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'start', name),
    }),
  },
  {
    id: 'stop',
    verb: 'Stop',
    isFor: ({ state }) => state === 'RUNNING',
    send: async ({ id }) =>
      (await api.request(StopInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } })).stopInstance
        .operation.id,
    code: ({ id, name }) => ({
      document: StopInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'stop', name),
    }),
  },
  {
    id: 'restart',
    verb: 'Restart',
    isFor: ({ state }) => state === 'RUNNING',
    send: async ({ id }) =>
      (await api.request(RestartInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } }))
        .restartInstance.operation.id,
    code: ({ id, name }) => ({
      document: RestartInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'restart', name),
    }),
  },
  {
    id: 'delete',
    verb: 'Delete',
    isDanger: true,
    isFor: ({ state, deletionProtection }) => !deletionProtection && !/DELET/.test(state),
    send: async ({ id }) =>
      (await api.request(DeleteInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } })).deleteInstance
        .operation.id,
    code: ({ id, name }) => ({
      document: DeleteInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'delete', name),
    }),
  },
];

type Result = { readonly operationId: string } | { readonly error: string } | 'waiting';

/** What can be done with all that were chosen: counted and listed first, then a result a line. */
export function BulkBar({ instances, onDone }: { readonly instances: readonly Row[]; readonly onDone: () => void }) {
  const [open, setOpen] = useState<Bulk | null>(null);
  const refusal = useRefusal('OPERATOR');
  return (
    <section className="bulk" aria-label="With those selected">
      <strong>{formatNumberOf(instances.length, 'instance')}</strong>
      {BULKS.map((bulk) => {
        const count = instances.filter(bulk.isFor).length;
        const none = count === 0 ? 'None of those selected is in a state for this.' : null;
        return (
          <Button key={bulk.id} refusal={refusal ?? none} onPress={() => setOpen(bulk)}>
            {bulk.verb}
          </Button>
        );
      })}
      <Button kind="quiet" onPress={onDone}>
        Select none
      </Button>
      {open !== null && <BulkDialog bulk={open} rows={instances} onClose={() => setOpen(null)} onDone={onDone} />}
    </section>
  );
}

function BulkDialog(props: {
  readonly bulk: Bulk;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { bulk, onClose, onDone } = props;
  // As they were when the dialog was opened: what is done is what was shown.
  const [rows] = useState(props.rows);
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [typed, setTyped] = useState('');
  const fit = rows.filter(bulk.isFor);
  const isSent = results.size > 0;
  const isOver = isSent && fit.every(({ id }) => results.has(id) && results.get(id) !== 'waiting');
  const needed = `${fit.length}`;
  const first = fit[0];

  const run = async () => {
    for (const row of fit) {
      setResults((present) => new Map(present).set(row.id, 'waiting'));
      const result: Result = await bulk.send(row).then(
        (operationId) => ({ operationId }),
        (error: unknown) => ({ error: error instanceof ToygresError ? error.message : String(error) }),
      );
      setResults((present) => new Map(present).set(row.id, result));
    }
  };

  return (
    <AskDialog
      title={`${bulk.verb}: ${formatNumberOf(fit.length, 'instance')}`}
      onClose={onClose}
      isAlert={bulk.isDanger === true}
    >
      {rows.length > fit.length && (
        <p className="muted">
          {formatNumberOf(rows.length - fit.length, 'other one')} of those selected cannot: its state, or its
          protection, does not let it.
        </p>
      )}
      <ul className="bulk-list">
        {fit.map(({ id, name }) => (
          <li key={id}>
            <strong>{name}</strong> <BulkResult result={results.get(id)} />
          </li>
        ))}
      </ul>
      {bulk.isDanger && !isSent && (
        <TextField
          label={`Everything in these instances is lost. Type ${needed}, how many they are`}
          value={typed}
          onChange={setTyped}
        />
      )}
      {first !== undefined && !isSent && <AsCode label="As code, for one of them" code={bulk.code(first)} />}
      <div className="dialog-end">
        <Button
          onPress={() => {
            onClose();
            if (isSent) onDone();
          }}
        >
          {isSent ? 'Close' : 'Leave them'}
        </Button>
        {!isSent && (
          <Button
            kind={bulk.isDanger ? 'danger' : 'primary'}
            refusal={bulk.isDanger && typed !== needed ? `Type ${needed} first.` : null}
            onPress={() => void run()}
          >
            {bulk.verb}
          </Button>
        )}
        {isSent && !isOver && <span role="status">Sending …</span>}
      </div>
    </AskDialog>
  );
}

function BulkResult({ result }: { readonly result: Result | undefined }) {
  if (result === undefined) return null;
  if (result === 'waiting') return <span className="muted">…</span>;
  if ('error' in result) return <span className="state bad">{result.error}</span>;
  return <Link to={`/operations/${result.operationId}`}>begun</Link>;
}
