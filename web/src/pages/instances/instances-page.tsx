import { useMemo, useState } from 'react';
import { useList, useWhole } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine, labelWord } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { sentence } from '../../format/words.ts';
import { CreateInstanceDocument, type InstanceState, InstancesDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { Filter, SearchBox } from '../../ui/filters.tsx';
import { parseLabel, printLabel } from '../../ui/labels.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { useParam } from '../../ui/search-params.ts';
import { DataTable, sortRows } from '../../ui/table.tsx';
import { LASTING_STATES } from './allowed.ts';
import { BulkBar } from './bulk-bar.tsx';
import { instanceColumns } from './instance-columns.tsx';

const THERE: readonly InstanceState[] = ['CREATING', 'RUNNING', 'STOPPED', 'FAILED', 'DELETING'];
/** So many are read at once, so that searching and sorting them asks nobody. */
const AT_ONCE = 1000;
const PAGE = 100;

export default function InstancesPage() {
  const [search, setSearch] = useParam('q');
  const [state, setState] = useParam('state');
  const [readiness, setReadiness] = useParam('readiness');
  const [label, setLabel] = useParam('label');
  const [sort, setSort] = useParam('sort', 'name');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const refusal = useRefusal('OPERATOR');

  // How well one can be brought back is asked of what can be: nothing is in one that never came to life.
  const states = state !== '' ? [state as InstanceState] : readiness === '' ? THERE : LASTING_STATES;
  const variables = { first: PAGE, filter: { state: [...states] } };
  const list = useList(InstancesDocument, variables, ({ instances }) => instances, { nouns: ['instance', 'image'] });
  const { nodes } = list;
  useWhole(list, AT_ONCE);

  const columns = useMemo(() => instanceColumns((pair) => setLabel(printLabel(pair))), [setLabel]);
  const sorting = { column: sort.replace(/^-/, ''), isDown: sort.startsWith('-') };
  const wanted = parseLabel(label);
  const needle = search.trim().toLowerCase();
  const found = (nodes ?? []).filter(
    (instance) =>
      (state !== '' || instance.state !== 'DELETED') &&
      (readiness === '' || instance.readiness.status === readiness) &&
      (wanted === null || instance.labels.some(({ key, value }) => key === wanted.key && value === wanted.value)) &&
      (needle === '' ||
        instance.name.includes(needle) ||
        instance.id.startsWith(needle) ||
        instance.labels.some((one) => printLabel(one).toLowerCase().includes(needle))),
  );
  const rows = sortRows(found, columns, sorting);
  const chosen = rows.filter(({ id }) => selected.has(id));
  const isNarrowed = needle !== '' || state !== '' || readiness !== '' || label !== '';

  return (
    <Page
      title="Instances"
      actions={
        <LinkButton to="/instances/new" kind="primary" icon="plus" refusal={refusal}>
          Create instance
        </LinkButton>
      }
      code={{
        document: InstancesDocument,
        variables: {
          ...variables,
          filter: {
            ...variables.filter,
            ...(needle === '' ? {} : { nameContains: needle }),
            ...(readiness === '' ? {} : { readiness: [readiness] }),
            ...(wanted === null ? {} : { labels: [wanted] }),
          },
        },
        command: commandLine(
          'instance',
          'list',
          needle === '' ? [] : ['--name-contains', needle],
          state === '' && readiness === '' ? [] : states.flatMap((one) => ['--state', one]),
          readiness === '' ? [] : ['--readiness', readiness],
          wanted === null ? [] : ['--label', labelWord(wanted)],
        ),
      }}
    >
      <div className="toolbar">
        <SearchBox label="Search by name, label or id" value={search} onChange={setSearch} />
        <Filter
          label="State"
          value={state}
          choices={[...THERE, 'DELETED'].map((one) => [one, one === 'FAILED' ? 'Failed or cancelled' : sentence(one)])}
          onChange={setState}
        />
        <Filter
          label="Readiness"
          value={readiness}
          choices={[
            ['READY', 'Ready'],
            ['UNPROVEN', 'Unproven'],
            ['STALE', 'Stale'],
            ['UNPROTECTED', 'Unprotected'],
          ]}
          onChange={setReadiness}
        />
        {label !== '' && (
          <button
            type="button"
            className="label"
            aria-label={`Show all, not only ${label}`}
            onClick={() => setLabel('')}
          >
            {label} ×
          </button>
        )}
        {nodes !== null && (
          <span className="muted" role="status">
            {isNarrowed ? `${rows.length} of ` : ''}
            {formatNumberOf(list.totalCount, 'instance')}
          </span>
        )}
      </div>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {nodes === null && list.error === null && <Waiting what="instances" rows={8} />}
      {nodes !== null && rows.length === 0 && !isNarrowed && (
        <Empty
          title="No instances yet"
          action={
            <LinkButton to="/instances/new" kind="primary" refusal={refusal}>
              Create the first instance
            </LinkButton>
          }
        >
          An instance is a PostgreSQL server with its own volume and password. Images of it can be taken, and new
          instances made of them.
        </Empty>
      )}
      {nodes !== null && rows.length === 0 && !isNarrowed && (
        <AsCode
          label="Create one as code"
          code={{
            document: CreateInstanceDocument,
            variables: { input: { name: 'shop' } },
            command: commandLine('instance', 'create', 'shop', '--watch'),
          }}
        />
      )}
      {nodes !== null && rows.length === 0 && isNarrowed && <p className="muted">No instance is like that.</p>}
      {rows.length > 0 && (
        <DataTable
          label="Instances"
          columns={columns}
          rows={rows}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
          linkOf={({ id }) => `/instances/${id}`}
          sorting={sorting}
          onSort={({ column, isDown }) => setSort(`${isDown ? '-' : ''}${column}`)}
          selected={selected}
          onSelect={setSelected}
        />
      )}
      {(nodes?.length ?? 0) >= AT_ONCE && <ListFoot list={list} />}
      {chosen.length > 0 && <BulkBar instances={chosen} onDone={() => setSelected(new Set())} />}
    </Page>
  );
}
