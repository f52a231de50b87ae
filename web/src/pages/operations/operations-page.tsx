import { useList } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { KIND_WORDS, kindWord, subjectOf } from '../../format/words.ts';
import { type OperationKind, type OperationState, OperationsDocument } from '../../generated/graphql.ts';
import { Filter } from '../../ui/filters.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { useParam } from '../../ui/search-params.ts';
import { DataTable } from '../../ui/table.tsx';
import { OPERATION_COLUMNS } from './operation-columns.tsx';

const STATES: readonly OperationState[] = ['QUEUED', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'];
const PAGE = 50;

export default function OperationsPage() {
  const [state, setState] = useParam('state');
  const [kind, setKind] = useParam('kind');
  const filter = {
    ...(state === '' ? {} : { state: [state as OperationState] }),
    ...(kind === '' ? {} : { kind: [kind as OperationKind] }),
  };
  const variables = { first: PAGE, filter };
  const list = useList(OperationsDocument, variables, ({ operations }) => operations, { nouns: ['operation'] });
  const { nodes } = list;
  return (
    <Page
      title="Operations"
      code={{
        document: OperationsDocument,
        variables,
        command: commandLine(
          'operation',
          'list',
          state === '' ? [] : ['--state', state],
          kind === '' ? [] : ['--kind', kind],
        ),
      }}
    >
      <div className="toolbar">
        <Filter
          label="State"
          value={state}
          choices={STATES.map((one) => [one, one.charAt(0) + one.slice(1).toLowerCase()])}
          onChange={setState}
        />
        <Filter label="Kind" value={kind} choices={Object.entries(KIND_WORDS)} onChange={setKind} />
        {nodes !== null && <span className="muted">{formatNumberOf(list.totalCount, 'operation')}</span>}
      </div>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {nodes === null && list.error === null && <Waiting what="operations" rows={8} />}
      {nodes?.length === 0 && (
        <Empty title="No operations">
          Everything that is asked of Toygres is an operation, whose steps can be followed and read afterwards. There
          are none {state === '' && kind === '' ? 'yet' : 'like these'}.
        </Empty>
      )}
      {nodes !== null && nodes.length > 0 && (
        <DataTable
          label="Operations"
          columns={OPERATION_COLUMNS}
          rows={nodes}
          idOf={({ id }) => id}
          nameOf={(one) => `${kindWord(one.kind)} ${subjectOf(one)}`}
          linkOf={({ id }) => `/operations/${id}`}
        />
      )}
      <ListFoot list={list} />
    </Page>
  );
}
