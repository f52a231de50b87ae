import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Link } from 'react-router';
import { useApi } from '../api/queries.ts';
import { formatNumberOf } from '../format/numbers.ts';
import { kindWord, subjectOf } from '../format/words.ts';
import { RunningOperationsDocument } from '../generated/graphql.ts';
import { OperationBar } from '../ui/operation-bar.tsx';

/** What runs now, as a number that opens a tray with bars. */
export function RunningPill() {
  const { data } = useApi(RunningOperationsDocument, {}, { nouns: ['operation'] });
  const running = (data?.operations.nodes ?? []).filter(({ state }) => /QUEUED|RUNNING|CANCELLING/.test(state));
  const count = running.length < 50 ? running.length : (data?.operations.totalCount ?? 0);
  const isKnown = data !== undefined;
  return (
    <DialogTrigger>
      <AriaButton
        className={`pill${count > 0 ? ' busy' : ''}`}
        aria-label={
          isKnown
            ? `${count} running: ${formatNumberOf(count, 'operation under way', 'operations under way')}`
            : 'running: not known yet'
        }
      >
        <span className="number">{isKnown ? count : '–'}</span> <span className="wide-only">running</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="tray" aria-label="Operations under way">
          {({ close }) => (
            <>
              {running.length === 0 && (
                <p className="muted">{isKnown ? 'Nothing is under way.' : 'The server has not said it yet.'}</p>
              )}
              <ul>
                {running.slice(0, 12).map((operation) => (
                  <li key={operation.id}>
                    <Link to={`/operations/${operation.id}`} onClick={close}>
                      {kindWord(operation.kind)} <strong>{subjectOf(operation)}</strong>
                    </Link>
                    <OperationBar operation={operation} label={`${kindWord(operation.kind)} ${subjectOf(operation)}`} />
                  </li>
                ))}
              </ul>
              <Link to="/operations" onClick={close}>
                All operations
              </Link>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
