import { Link } from 'react-router';
import { useList } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { runState } from '../../format/shown-state.ts';
import { asSentence } from '../../format/words.ts';
import {
  RunScheduleDocument,
  type ScheduleQuery,
  ScheduleRunsDocument,
  type ScheduleRunsQuery,
} from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Lasting, Moment } from '../../ui/moment.tsx';
import { ErrorNote, Waiting } from '../../ui/notices.tsx';
import { OperationBar } from '../../ui/operation-bar.tsx';
import { Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';

type Schedule = NonNullable<ScheduleQuery['schedule']>;
type Run = NonNullable<ScheduleRunsQuery['schedule']>['runs']['nodes'][number];

const NO_RUNS = { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };

const COLUMNS: readonly Column<Run>[] = [
  { id: 'due', name: 'Due', isTitle: true, cell: ({ dueAt }) => <Moment at={dueAt} /> },
  {
    id: 'state',
    name: 'State',
    cell: ({ state, operations }) => <StateMark state={runState(state, operations)} of="work" />,
  },
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
  {
    id: 'message',
    name: 'Message',
    cell: ({ message }) => message && <span className="told">{asSentence(message)}</span>,
  },
];

/** What became of its times, the last first. */
export function RunsPanel({ schedule }: { readonly schedule: Pick<Schedule, 'id' | 'name'> }) {
  const { id, name } = schedule;
  const variables = { id, first: 20 };
  const list = useList(ScheduleRunsDocument, variables, (data) => data.schedule?.runs ?? NO_RUNS, {
    nouns: ['schedule', 'operation'],
  });
  return (
    <Panel title="Runs">
      <ErrorNote error={list.error} onRetry={list.retry} />
      {list.nodes === null && list.error === null && <Waiting what="runs" rows={2} />}
      {list.nodes?.length === 0 && (
        <p className="muted">It has not been due yet. “Run now” does not wait for the night.</p>
      )}
      {list.nodes !== null && list.nodes.length > 0 && (
        <DataTable
          label="Runs"
          columns={COLUMNS}
          rows={list.nodes}
          idOf={({ id: one }) => one}
          nameOf={({ dueAt }) => dueAt}
        />
      )}
      <ListFoot list={list} />
      <AsCode
        label="Runs as code"
        code={{ document: ScheduleRunsDocument, variables, command: commandLine('schedule', 'runs', name) }}
      />
      <AsCode
        label="“Run now” as code"
        code={{
          document: RunScheduleDocument,
          variables: { input: { scheduleId: id } },
          command: commandLine('schedule', 'run', name, '--watch'),
        }}
      />
    </Panel>
  );
}
