import { Link } from 'react-router';
import { useList } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { cronWords, retentionWords, subjectWords } from '../../format/schedule-words.ts';
import { type ScheduleRowFragment, SchedulesDocument } from '../../generated/graphql.ts';
import { LinkButton } from '../../ui/button.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';

const COLUMNS: readonly Column<ScheduleRowFragment>[] = [
  {
    id: 'name',
    name: 'Schedule',
    isTitle: true,
    cell: ({ id, name }) => <Link to={`/schedules/${id}`}>{name}</Link>,
  },
  {
    id: 'when',
    name: 'When',
    cell: ({ cron, timeZone }) => (
      <span title={cron}>
        {cronWords(cron)} <span className="muted">{timeZone}</span>
      </span>
    ),
  },
  { id: 'of', name: 'Images of', cell: subjectWords },
  { id: 'kept', name: 'Kept', cell: ({ retention }) => retentionWords(retention) },
  {
    id: 'next',
    name: 'Next',
    cell: ({ enabled, nextRunsAt }) =>
      enabled ? <Moment at={nextRunsAt[0]} none="not in sight" /> : <span className="muted">disabled</span>,
  },
];

export default function SchedulesPage() {
  const refusal = useRefusal('OPERATOR');
  const variables = { first: 50 };
  const list = useList(SchedulesDocument, variables, ({ schedules }) => schedules, { nouns: ['schedule'] });
  const { nodes } = list;
  const create = (
    <LinkButton to="/schedules/new" kind="primary" icon="plus" refusal={refusal}>
      Create schedule
    </LinkButton>
  );
  return (
    <Page
      title="Schedules"
      actions={nodes !== null && nodes.length > 0 && create}
      code={{ document: SchedulesDocument, variables, command: commandLine('schedule', 'list') }}
    >
      <ErrorNote error={list.error} onRetry={list.retry} />
      {nodes === null && list.error === null && <Waiting what="schedules" />}
      {nodes?.length === 0 && (
        <Empty title="No schedules" action={create}>
          A schedule takes images by itself, of one instance or of all with some labels, keeps as many as its rules
          want, and proves them. Without one nobody takes an image unless somebody thinks of it.
        </Empty>
      )}
      {nodes !== null && nodes.length > 0 && (
        <>
          <div className="toolbar">
            <span className="muted">{formatNumberOf(list.totalCount, 'schedule')}</span>
          </div>
          <DataTable
            label="Schedules"
            columns={COLUMNS}
            rows={nodes}
            idOf={({ id }) => id}
            nameOf={({ name }) => name}
            linkOf={({ id }) => `/schedules/${id}`}
          />
        </>
      )}
      <ListFoot list={list} />
    </Page>
  );
}
