import { useApi } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { sentence } from '../../format/words.ts';
import { DriftDocument, type DriftQuery, type DriftState } from '../../generated/graphql.ts';
import { Filter } from '../../ui/filters.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { useParam } from '../../ui/search-params.ts';
import { type Column, DataTable } from '../../ui/table.tsx';
import { ServerFrame } from './server-frame.tsx';

const STATES: readonly DriftState[] = ['REPORTED', 'PENDING', 'REMOVED', 'RESOLVED'];
const LOOK_MS = 30_000;

type Difference = DriftQuery['drift'][number];

const COLUMNS: readonly Column<Difference>[] = [
  { id: 'name', name: 'Name', isTitle: true, cell: ({ name }) => <code>{name}</code> },
  { id: 'kind', name: 'What', cell: ({ kind }) => sentence(kind) },
  { id: 'where', name: 'Where', cell: ({ platform, namespace }) => [platform, namespace].filter(Boolean).join(', ') },
  { id: 'state', name: 'State', cell: ({ state }) => sentence(state) },
  {
    id: 'reason',
    name: 'How it differs, and what to do',
    isLong: true,
    cell: ({ reason }) => <span className="told">{reason}</span>,
  },
  { id: 'first', name: 'First seen', cell: ({ firstSeen }) => <Moment at={firstSeen} /> },
  { id: 'last', name: 'Last seen', cell: ({ lastSeen }) => <Moment at={lastSeen} /> },
];

const keyOf = ({ platform, namespace, kind, name }: Difference) => [platform, namespace, kind, name].join('/');

export default function DriftPage() {
  const [state, setState] = useParam('state');
  const variables = { state: state === '' ? null : [state as DriftState] };
  const answer = useApi(DriftDocument, variables, { everyMs: LOOK_MS });
  const rows = answer.data?.drift;
  return (
    <ServerFrame
      code={{
        document: DriftDocument,
        variables,
        command: commandLine('server', 'drift', state === '' ? [] : ['--state', state]),
      }}
    >
      <div className="toolbar">
        <Filter label="State" value={state} choices={STATES.map((one) => [one, sentence(one)])} onChange={setState} />
      </div>
      <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />
      {rows === undefined && answer.error === null && <Waiting what="what differs" />}
      {rows?.length === 0 && (
        <Empty title="No drift">
          What platforms and the blob store hold is what the records say. What is provably left over from Toygres is
          removed after a while; anything else is reported here, and never touched.
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && (
        <DataTable label="Drift" columns={COLUMNS} rows={rows} idOf={keyOf} nameOf={({ name }) => name} />
      )}
    </ServerFrame>
  );
}
