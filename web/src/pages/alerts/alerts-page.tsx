import { Link } from 'react-router';
import { useList } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { asSentence, sentence } from '../../format/words.ts';
import { type AlertRowFragment, AlertsDocument } from '../../generated/graphql.ts';
import { Filter } from '../../ui/filters.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { useParam } from '../../ui/search-params.ts';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';
import { About } from './about.tsx';

const COLUMNS: readonly Column<AlertRowFragment>[] = [
  {
    id: 'kind',
    name: 'Alert',
    isTitle: true,
    cell: ({ id, kind }) => <Link to={`/alerts/${id}`}>{sentence(kind)}</Link>,
  },
  { id: 'severity', name: 'Severity', cell: ({ severity }) => <StateMark state={severity} /> },
  {
    id: 'message',
    name: 'What is wrong, and what to do',
    isLong: true,
    cell: (alert) => (
      <>
        <span className="told">
          <bdi>{asSentence(alert.message)}</bdi> {alert.remedy && <span className="muted">{alert.remedy}</span>}
        </span>
        <About {...alert} />
      </>
    ),
  },
  { id: 'opened', name: 'Opened', cell: ({ openedAt }) => <Moment at={openedAt} /> },
  {
    id: 'over',
    name: 'Resolved',
    cell: ({ resolvedAt }) => (resolvedAt ? <Moment at={resolvedAt} /> : <span className="muted">not yet</span>),
  },
];

export default function AlertsPage() {
  const [which, setWhich] = useParam('which', 'open');
  const variables = { first: 50, open: which === 'open' ? true : which === 'over' ? false : null };
  const list = useList(AlertsDocument, variables, ({ alerts }) => alerts, { nouns: ['alert'] });
  const { nodes } = list;
  return (
    <Page
      title="Alerts"
      code={{
        document: AlertsDocument,
        variables,
        command: commandLine('alert', 'list', which === 'open' ? null : '--all'),
      }}
    >
      <div className="toolbar">
        <Filter
          label="Show"
          value={which === 'any' ? '' : which}
          choices={[
            ['open', 'open'],
            ['over', 'over'],
          ]}
          onChange={(next) => setWhich(next === '' ? 'any' : next)}
        />
        {nodes !== null && <span className="muted">{formatNumberOf(list.totalCount, 'alert')}</span>}
      </div>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {nodes === null && list.error === null && <Waiting what="alerts" />}
      {nodes?.length === 0 && (
        <Empty title={which === 'open' ? 'Nothing hurts' : 'No alerts'}>
          An alert tells of what people should look at, such as an image that is overdue or failed, and is over by
          itself when that is. A webhook tells a channel of them.
        </Empty>
      )}
      {nodes !== null && nodes.length > 0 && (
        <DataTable
          label="Alerts"
          columns={which === 'open' ? COLUMNS.filter(({ id }) => id !== 'over') : COLUMNS}
          rows={nodes}
          idOf={({ id }) => id}
          nameOf={({ kind }) => sentence(kind)}
          linkOf={({ id }) => `/alerts/${id}`}
        />
      )}
      <ListFoot list={list} />
    </Page>
  );
}
