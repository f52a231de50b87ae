import { useEffect } from 'react';
import { Link } from 'react-router';
import { useApi, useList } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { asSentence, kindWord, sentence, subjectOf } from '../../format/words.ts';
import {
  type InstanceRowFragment,
  InstancesDocument,
  OverviewImagesDocument,
  RunningOperationsDocument,
  WhatHurtsDocument,
  type WhatHurtsQuery,
} from '../../generated/graphql.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { OperationBar } from '../../ui/operation-bar.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { Recoverability } from './recoverability.tsx';
import { Storage } from './storage.tsx';

const AT_ONCE = 1000;
const DAY_MS = 24 * 3600_000;

/** The morning's question: can everything be brought back, and how long would it take? */
export default function OverviewPage() {
  const refusal = useRefusal('OPERATOR');
  const hurts = useApi(WhatHurtsDocument, {}, { nouns: ['alert', 'operation'] });
  const running = useApi(RunningOperationsDocument, {}, { nouns: ['operation'] });
  const variables = { first: 100, filter: { state: ['CREATING', 'RUNNING', 'STOPPED', 'FAILED'] as const } };
  const instances = useList(
    InstancesDocument,
    { first: 100, filter: { state: [...variables.filter.state] } },
    (data) => data.instances,
    { nouns: ['instance', 'image'] },
  );
  const images = useList(OverviewImagesDocument, { first: 100 }, (data) => data.images, { nouns: ['image'] });
  useEffect(() => {
    for (const list of [instances, images]) {
      if (list.hasMore && !list.isLoadingMore && (list.nodes?.length ?? 0) < AT_ONCE) list.more();
    }
  });
  const rows = instances.nodes?.filter(({ state }) => !/DELET/.test(state)) ?? null;
  const active = (running.data?.operations.nodes ?? []).filter(({ state }) => /QUEUED|RUNNING|CANCELLING/.test(state));

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
      <ErrorNote error={hurts.error ?? instances.error} onRetry={instances.retry} />
      {hurts.data !== undefined && rows !== null && rows.length > 0 && <Hurts data={hurts.data} instances={rows} />}
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
        <Panel title={`Can it be brought back? ${formatNumberOf(rows.length, 'instance')}`}>
          <Recoverability instances={rows} images={images.nodes ?? []} />
        </Panel>
      )}
      {rows !== null && (rows.length > 0 || active.length > 0) && (
        <div className="columns">
          <Panel title="Running now" actions={<Link to="/operations">All operations</Link>}>
            {active.length === 0 ? (
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
            <Storage images={images.nodes ?? []} />
          </Panel>
        </div>
      )}
    </Page>
  );
}

const UNREADY = ['UNPROTECTED', 'STALE', 'UNPROVEN'] as const;
const UNREADY_WORDS: Readonly<Record<(typeof UNREADY)[number], string>> = {
  UNPROTECTED: 'without an image: what is in it would be lost',
  STALE: 'with no image as young as a schedule promises',
  UNPROVEN: 'with images that no drill has proven',
};

/** What hurts; where nothing does, one line says so. */
function Hurts(props: { readonly data: WhatHurtsQuery; readonly instances: readonly InstanceRowFragment[] }) {
  const { data, instances } = props;
  const alerts = data.alerts.nodes.filter(({ resolvedAt }) => !resolvedAt);
  const recent = data.operations.nodes.filter(
    ({ finishedAt }) => finishedAt && Date.now() - Date.parse(finishedAt) < DAY_MS,
  );
  // What an alert says already is not said again.
  const failures = recent.filter(({ id }) => !alerts.some(({ operation }) => operation?.id === id));
  const unready = UNREADY.map((status) => ({
    status,
    count: instances.filter(({ readiness }) => readiness.status === status).length,
  })).filter(({ count }) => count > 0);
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
              <p>{message}</p>
              {remedy && <p className="muted">{remedy}</p>}
              {operation && <Link to={`/operations/${operation.id}`}>Show the operation</Link>}
            </div>
          </li>
        ))}
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
