import { Link } from 'react-router';
import { useApi, useList, useWhole } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { asSentence, kindWord, sentence, subjectOf } from '../../format/words.ts';
import {
  type InstanceRowFragment,
  InstancesDocument,
  OverviewImagesDocument,
  RunningOperationsDocument,
  UnreadyDocument,
  type UnreadyQuery,
  WhatHurtsDocument,
  type WhatHurtsQuery,
} from '../../generated/graphql.ts';
import { LinkButton } from '../../ui/button.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNotes, Waiting } from '../../ui/notices.tsx';
import { OperationBar } from '../../ui/operation-bar.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { LASTING_STATES } from '../instances/allowed.ts';
import { Recoverability } from './recoverability.tsx';
import { Storage } from './storage.tsx';

const AT_ONCE = 1000;
const COUNT_MS = 30_000;
const DAY_MS = 24 * 3600_000;

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
      {rows === null && instances.error === null && <Waiting what="what there is" rows={6} />}
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

const UNREADY = ['UNPROTECTED', 'STALE', 'UNPROVEN'] as const;
const UNREADY_WORDS: Readonly<Record<(typeof UNREADY)[number], string>> = {
  UNPROTECTED: 'without an image: what is in it would be lost',
  STALE: 'with no image as young as a schedule promises',
  UNPROVEN: 'with images that no drill has proven',
};

type Unready = readonly { readonly status: (typeof UNREADY)[number]; readonly count: number }[];

function countUnready(instances: readonly InstanceRowFragment[]): Unready {
  return UNREADY.map((status) => ({
    status,
    count: instances.filter(({ readiness }) => readiness.status === status).length,
  }));
}

function unreadyOf({ unprotected, stale, unproven }: UnreadyQuery): Unready {
  return [
    { status: 'UNPROTECTED', count: unprotected.totalCount },
    { status: 'STALE', count: stale.totalCount },
    { status: 'UNPROVEN', count: unproven.totalCount },
  ];
}

/** What hurts; where nothing does, one line says so. */
function Hurts({ data, ...props }: { readonly data: WhatHurtsQuery; readonly unready: Unready }) {
  const alerts = data.alerts.nodes.filter(({ resolvedAt }) => !resolvedAt);
  const recent = data.operations.nodes.filter(
    ({ finishedAt }) => finishedAt && Date.now() - Date.parse(finishedAt) < DAY_MS,
  );
  // What an alert says already is not said again.
  const failures = recent.filter(({ id }) => !alerts.some(({ operation }) => operation?.id === id));
  const unready = props.unready.filter(({ count }) => count > 0);
  const moreAlerts = data.alerts.totalCount - data.alerts.nodes.length;
  if (alerts.length === 0 && failures.length === 0 && unready.length === 0) {
    return (
      <p className="calm">
        <span className="state good">Nothing hurts:</span> every instance can be brought back, no alert is open, and
        nothing failed in the last 24 hours.
      </p>
    );
  }
  return (
    <Panel title="What hurts">
      <ul className="hurts">
        {alerts.map(({ id, severity, kind, message, remedy, openedAt, instance, image, operation }) => (
          <li key={id}>
            <StateMark state={severity} />
            <div>
              <strong>{sentence(kind)}</strong>{' '}
              {instance ? (
                <Link to={`/instances/${instance.id}`}>{instance.name}</Link>
              ) : (
                image && <Link to={`/images/${image.id}`}>{image.name}</Link>
              )}{' '}
              <span className="muted">
                <Moment at={openedAt} />
              </span>
              <p>{asSentence(message)}</p>
              {remedy && <p className="muted">{remedy}</p>}
              {operation && <Link to={`/operations/${operation.id}`}>Show the operation</Link>}
            </div>
          </li>
        ))}
        {moreAlerts > 0 && (
          <li>
            <Link to="/alerts">{formatNumberOf(moreAlerts, 'more alert')}</Link>
          </li>
        )}
        {unready.map(({ status, count }) => (
          <li key={status}>
            <StateMark state={status} />
            <div>
              <Link to={`/instances?readiness=${status}`}>{formatNumberOf(count, 'instance')}</Link>{' '}
              {UNREADY_WORDS[status]}
            </div>
          </li>
        ))}
        {failures.map((operation) => (
          <li key={operation.id}>
            <StateMark state="FAILED" />
            <div>
              <Link to={`/operations/${operation.id}`}>
                {kindWord(operation.kind)} {subjectOf(operation)}
              </Link>{' '}
              <span className="muted">
                <Moment at={operation.finishedAt} />
              </span>
              <p>{operation.failure && asSentence(operation.failure.message)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
