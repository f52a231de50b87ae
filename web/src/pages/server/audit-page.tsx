import { useList } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { actionWords, sentence } from '../../format/words.ts';
import { AuditDocument, type AuditOutcome, type AuditQuery } from '../../generated/graphql.ts';
import { Filter, SearchBox } from '../../ui/filters.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { useParam } from '../../ui/search-params.ts';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';
import { DoneTo } from './done-to.tsx';
import { ServerFrame } from './server-frame.tsx';

const OUTCOMES: readonly AuditOutcome[] = ['ALLOWED', 'REFUSED', 'FAILED'];

type Entry = AuditQuery['auditLog']['nodes'][number];

const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'action',
    name: 'What',
    isTitle: true,
    cell: ({ action, detail, outcome, code }) => (
      <>
        <strong title={action}>{actionWords(action)}</strong>{' '}
        {outcome !== 'ALLOWED' && <StateMark state={outcome} as={code ? `${sentence(outcome)}: ${code}` : undefined} />}
        {detail && <span className="audit-detail muted">{detail}</span>}
      </>
    ),
  },
  {
    id: 'who',
    name: 'Who',
    cell: ({ actor }) => <span className="short">{actor?.name ?? <span className="muted">not known</span>}</span>,
  },
  { id: 'target', name: 'Done to', cell: (entry) => <DoneTo entry={entry} /> },
  {
    id: 'from',
    name: 'From',
    isSpare: 'narrow',
    cell: ({ address }) => address && <span className="short">{address}</span>,
  },
  { id: 'at', name: 'When', cell: ({ at }) => <Moment at={at} /> },
];

export default function AuditPage() {
  const refusal = useRefusal('ADMIN');
  const [outcome, setOutcome] = useParam('outcome');
  const [actor, setActor] = useParam('actor');
  const filter = {
    ...(outcome === '' ? {} : { outcome: [outcome as AuditOutcome] }),
    ...(actor === '' ? {} : { actorName: actor }),
  };
  const variables = { first: 50, filter };
  const list = useList(AuditDocument, variables, ({ auditLog }) => auditLog, { enabled: refusal === null });
  const flags = [...(outcome === '' ? [] : ['--outcome', outcome]), ...(actor === '' ? [] : ['--actor', actor])];
  const code = { document: AuditDocument, variables, command: commandLine('audit', 'list', flags) };
  if (refusal !== null) {
    return (
      <ServerFrame code={code}>
        <Note title="The audit log is for administrators">{refusal}</Note>
      </ServerFrame>
    );
  }
  return (
    <ServerFrame code={code}>
      <div className="toolbar">
        <SearchBox label="Who, by the full name" value={actor} onChange={setActor} />
        <Filter
          label="Outcome"
          value={outcome}
          choices={OUTCOMES.map((one) => [one, sentence(one)])}
          onChange={setOutcome}
        />
        {list.nodes !== null && <span className="muted">{formatNumberOf(list.totalCount, 'entry', 'entries')}</span>}
      </div>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {list.nodes === null && list.error === null && <Waiting what="the audit log" rows={8} />}
      {list.nodes?.length === 0 && <Empty title="No entries">Nobody did anything like that.</Empty>}
      {list.nodes !== null && list.nodes.length > 0 && (
        <DataTable
          label="Audit log"
          columns={COLUMNS}
          rows={list.nodes}
          idOf={({ id }) => id}
          nameOf={({ action }) => action}
        />
      )}
      <ListFoot list={list} />
    </ServerFrame>
  );
}
