import { Link } from 'react-router';
import { useApi, useList, useWhole } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { kindWord, subjectOf } from '../../format/words.ts';
import {
  InstancesDocument,
  OverviewImagesDocument,
  RunningOperationsDocument,
  UnreadyDocument,
  WhatHurtsDocument,
} from '../../generated/graphql.ts';
import { LinkButton } from '../../ui/button.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Empty, ErrorNotes, Waiting } from '../../ui/notices.tsx';
import { OperationBar } from '../../ui/operation-bar.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { LASTING_STATES } from '../instances/allowed.ts';
import { countUnready, Hurts, unreadyOf } from './hurts.tsx';
import { Recoverability } from './recoverability.tsx';
import { Storage } from './storage.tsx';

const AT_ONCE = 1000;
const COUNT_MS = 30_000;

/** The morning's question: can everything be brought back, and how long would it take? */
export default function OverviewPage() {
  const refusal = useRefusal('OPERATOR');
  const hurts = useApi(WhatHurtsDocument, {}, { nouns: ['alert', 'operation'] });
  const running = useApi(RunningOperationsDocument, {}, { nouns: ['operation'] });
  const variables = { first: 100, filter: { state: [...LASTING_STATES] } };
  const instances = useList(InstancesDocument, variables, (data) => data.instances, { nouns: ['instance', 'image'] });
  const images = useList(OverviewImagesDocument, { first: 100 }, (data) => data.images, { nouns: ['image'] });
  useWhole(instances, AT_ONCE);
  useWhole(images, AT_ONCE);
  // Nothing is in one that never came to life.
  const rows = instances.nodes?.filter(({ state }) => LASTING_STATES.some((one) => one === state)) ?? null;
  // Of a part nothing can be said for all: the server counts where not all are here.
  const isPart = instances.nodes !== null && instances.hasMore;
  const counted = useApi(UnreadyDocument, {}, { enabled: isPart, nouns: ['image'], everyMs: COUNT_MS });
  const unready = isPart ? (counted.data ? unreadyOf(counted.data) : null) : countUnready(rows ?? []);
  const hasHurt = (hurts.data?.alerts.nodes.length ?? 0) + (hurts.data?.operations.nodes.length ?? 0) > 0;
  const active = running.data?.operations.nodes.filter(({ state }) => /QUEUED|RUNNING|CANCELLING/.test(state)) ?? null;

  return (
    <Page
      title="Overview"
      code={{ document: WhatHurtsDocument, variables: {}, command: commandLine('alert', 'list') }}
      actions={
        <LinkButton to="/instances/new" kind="primary" icon="plus" refusal={refusal}>
          Create instance
        </LinkButton>
      }
    >
      <ErrorNotes
        asked={[
          ...[hurts, running, counted].map(({ error, refetch }) => ({ error, retry: refetch })),
          instances,
          images,
        ]}
      />
      {hurts.data !== undefined && unready !== null && rows !== null && (rows.length > 0 || hasHurt) && (
        <Hurts data={hurts.data} unready={unready} />
      )}
      {rows === null && instances.error === null && <Waiting what="the overview" rows={6} />}
      {rows?.length === 0 && (
        <Empty
          title="Nothing is here yet"
          action={
            <LinkButton to="/instances/new" kind="primary" refusal={refusal}>
              Create the first instance
            </LinkButton>
          }
        >
          Create a PostgreSQL server, take an image of it, and restore it as it was: this page then says of each how
          well, and how fast, it could be brought back.
        </Empty>
      )}
      {rows !== null && rows.length > 0 && (
        <Panel
          title={`Can it be brought back? ${formatNumberOf(isPart ? instances.totalCount : rows.length, 'instance')}`}
        >
          <Recoverability instances={rows} images={images.nodes} />
          {rows.length >= AT_ONCE && <ListFoot list={instances} />}
        </Panel>
      )}
      {rows !== null && (rows.length > 0 || (active?.length ?? 0) > 0) && (
        <div className="columns">
          <Panel title="Running now" actions={<Link to="/operations">All operations</Link>}>
            {active === null ? (
              <NotKnown error={running.error} what="what runs" />
            ) : active.length === 0 ? (
              <p className="muted">Nothing.</p>
            ) : (
              <ul className="short-list">
                {active.map((operation) => (
                  <li key={operation.id}>
                    <Link to={`/operations/${operation.id}`}>
                      {kindWord(operation.kind)} {subjectOf(operation)}
                    </Link>
                    <OperationBar operation={operation} label={`${kindWord(operation.kind)} ${subjectOf(operation)}`} />
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <Panel title="Stored">
            {images.nodes === null ? (
              <NotKnown error={images.error} what="what is stored" />
            ) : (
              <Storage images={images.nodes} isPart={images.hasMore} />
            )}
          </Panel>
        </div>
      )}
    </Page>
  );
}

/** In the place of an answer that is not there: it comes, or it failed and is not taken for "nothing". */
function NotKnown({ error, what }: { readonly error: Error | null; readonly what: string }) {
  return error === null ? <Waiting what={what} rows={2} /> : <p className="muted">Not known.</p>;
}
