import { useList } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { sentence } from '../../format/words.ts';
import { type ImageFilter, type ImageMethod, type ImageState, ImagesDocument } from '../../generated/graphql.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Filter, SearchBox } from '../../ui/filters.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { useParam } from '../../ui/search-params.ts';
import { DataTable } from '../../ui/table.tsx';
import { IMAGE_COLUMNS } from './image-columns.tsx';

const STATES: readonly ImageState[] = ['AVAILABLE', 'CREATING', 'FAILED', 'DELETING', 'DELETED'];

export default function ImagesPage() {
  const [search, setSearch] = useParam('q');
  const [state, setState] = useParam('state');
  const [method, setMethod] = useParam('method');
  const filter: ImageFilter = {
    state: state === '' ? ['AVAILABLE', 'CREATING', 'FAILED', 'DELETING'] : [state as ImageState],
    ...(search.trim() === '' ? {} : { nameContains: search.trim() }),
    ...(method === '' ? {} : { method: [method as ImageMethod] }),
  };
  const variables = { first: 50, filter };
  const list = useList(ImagesDocument, variables, ({ images }) => images, { nouns: ['image'] });
  const rows = list.nodes?.filter((image) => state === 'DELETED' || image.state !== 'DELETED') ?? null;
  const isNarrowed = search !== '' || state !== '' || method !== '';
  return (
    <Page
      title="Images"
      code={{
        document: ImagesDocument,
        variables,
        command: commandLine(
          'image',
          'list',
          search === '' ? [] : ['--name-contains', search.trim()],
          state === '' ? [] : ['--state', state],
          method === '' ? [] : ['--method', method],
        ),
      }}
    >
      <div className="toolbar">
        <SearchBox label="Search by name" value={search} onChange={setSearch} />
        <Filter
          label="State"
          value={state}
          choices={STATES.map((one) => [one, one === 'FAILED' ? 'Failed or cancelled' : sentence(one)])}
          onChange={setState}
        />
        <Filter
          label="Method"
          value={method}
          choices={[
            ['LOGICAL', 'Logical'],
            ['PHYSICAL', 'Physical'],
          ]}
          onChange={setMethod}
        />
        {rows !== null && (
          <span className="muted" role="status">
            {formatNumberOf(list.totalCount, 'image')}
          </span>
        )}
      </div>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {rows === null && list.error === null && <Waiting what="images" rows={8} />}
      {rows?.length === 0 && !isNarrowed && (
        <Empty title="No images yet" action={<LinkButton to="/instances">Choose an instance</LinkButton>}>
          An image is a backup of a whole instance. It is called available when everything that a restore needs was
          found whole in the store. Open an instance and take one.
        </Empty>
      )}
      {rows?.length === 0 && isNarrowed && <p className="muted">No image is like that.</p>}
      {rows !== null && rows.length > 0 && (
        <DataTable
          label="Images"
          columns={IMAGE_COLUMNS}
          rows={rows}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
          linkOf={({ id }) => `/images/${id}`}
        />
      )}
      <ListFoot list={list} />
    </Page>
  );
}
