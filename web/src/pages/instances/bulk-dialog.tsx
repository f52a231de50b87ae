import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { ToygresError } from '../../api/client.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { AskDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import type { Bulk, BulkRow } from './bulks.ts';

type Result = { readonly operationId: string } | { readonly error: string } | 'waiting';

/** So many are asked for side by side: as fast as the server takes them, with room for what others ask of it. */
const AT_ONCE = 6;

/** Counts and lists them, asks, and then says a result a line. What is not sent when it is closed is not done. */
export function BulkDialog(props: {
  readonly bulk: Bulk;
  readonly rows: readonly BulkRow[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { bulk, onClose, onDone } = props;
  // As they were when the dialog was opened: what is done is what was shown.
  const [rows] = useState(props.rows);
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [typed, setTyped] = useState('');
  const isStopped = useRef(false);
  useEffect(() => {
    isStopped.current = false;
    return () => {
      isStopped.current = true;
    };
  }, []);
  const fit = rows.filter(bulk.isFor);
  const isSent = results.size > 0;
  const ended = fit.flatMap(({ id }) => results.get(id) ?? []).filter((result) => result !== 'waiting');
  const failed = ended.filter((result) => 'error' in result).length;
  const isOver = isSent && ended.length === fit.length;
  const needed = `${fit.length}`;
  const first = fit[0];

  const run = async () => {
    const left = [...fit];
    const tell = (id: string, result: Result) => setResults((present) => new Map(present).set(id, result));
    const work = async () => {
      for (let row = left.shift(); row !== undefined && !isStopped.current; row = left.shift()) {
        const { id } = row;
        tell(id, 'waiting');
        const result: Result = await bulk.send(row).then(
          (operationId) => ({ operationId }),
          (error: unknown) => ({ error: error instanceof ToygresError ? error.message : String(error) }),
        );
        tell(id, result);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, fit.length) }, work));
  };
  const close = () => {
    onClose();
    if (isSent) onDone();
  };

  return (
    <AskDialog
      title={`${bulk.verb}: ${formatNumberOf(fit.length, 'instance')}`}
      onClose={close}
      isAlert={bulk.isDanger === true}
    >
      {rows.length > fit.length && (
        <p className="muted">
          {formatNumberOf(rows.length - fit.length, 'other one')} of those selected cannot: its state, or its
          protection, does not let it.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <ul className="bulk-list" tabIndex={0} aria-label="Which">
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
      {isSent && (
        <p role="status">
          {ended.length - failed} of {fit.length} begun{failed > 0 && `, ${failed} refused`}.{' '}
          {!isOver && 'Closing this leaves the others as they are.'}
        </p>
      )}
      <div className="dialog-end">
        <Button onPress={close}>{isOver ? 'Close' : isSent ? 'Stop here' : 'Leave them'}</Button>
        {!isSent && (
          <Button
            kind={bulk.isDanger ? 'danger' : 'primary'}
            refusal={bulk.isDanger && typed !== needed ? `Type ${needed} first.` : null}
            onPress={() => void run()}
          >
            {bulk.verb}
          </Button>
        )}
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
