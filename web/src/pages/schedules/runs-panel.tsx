import { Link } from 'react-router';
import type { ScheduleQuery } from '../../generated/graphql.ts';
import { Lasting, Moment } from '../../ui/moment.tsx';
import { OperationBar } from '../../ui/operation-bar.tsx';
import { Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';

type Run = NonNullable<ScheduleQuery['schedule']>['runs']['nodes'][number];

const COLUMNS: readonly Column<Run>[] = [
  { id: 'due', name: 'Due', isTitle: true, cell: ({ dueAt }) => <Moment at={dueAt} /> },
  { id: 'state', name: 'State', cell: ({ state }) => <StateMark state={state} of="work" /> },
  {
    id: 'images',
    name: 'Images',
    cell: ({ operations }) =>
      operations.length === 0 ? (
        <span className="muted">none</span>
      ) : (
        <ul className="plain-list">
          {operations.map((operation) => (
            <li key={operation.id}>
              <Link to={`/operations/${operation.id}`}>
                {operation.instance?.name ?? operation.image?.name ?? 'gone'}
              </Link>{' '}
              <OperationBar operation={operation} label={`Image of ${operation.instance?.name ?? 'an instance'}`} />
            </li>
          ))}
        </ul>
      ),
  },
  {
    id: 'took',
    name: 'Took',
    align: 'end',
    cell: ({ startedAt, finishedAt }) => <Lasting from={startedAt} to={finishedAt} />,
  },
  { id: 'message', name: 'Message', cell: ({ message }) => message ?? '' },
];

/** What became of its times, the last first. */
export function RunsPanel({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <Panel title="Runs">
      {runs.length === 0 ? (
        <p className="muted">It has not been due yet. “Run now” does not wait for the night.</p>
      ) : (
        <DataTable label="Runs" columns={COLUMNS} rows={runs} idOf={({ id }) => id} nameOf={({ dueAt }) => dueAt} />
      )}
    </Panel>
  );
}
