import { Link } from 'react-router';
import { formatNumberOf } from '../../format/numbers.ts';
import { asSentence, kindWord, sentence, subjectOf } from '../../format/words.ts';
import type { InstanceRowFragment, UnreadyQuery, WhatHurtsQuery } from '../../generated/graphql.ts';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { shownAlerts } from './shown-alerts.ts';

const DAY_MS = 24 * 3600_000;

const UNREADY = ['UNPROTECTED', 'STALE', 'UNPROVEN'] as const;
const UNREADY_WORDS: Readonly<Record<(typeof UNREADY)[number], string>> = {
  UNPROTECTED: 'without an image: what is in it would be lost',
  STALE: 'with no image as young as a schedule promises',
  UNPROVEN: 'with images that no drill has proven',
};

export type Unready = readonly { readonly status: (typeof UNREADY)[number]; readonly count: number }[];

/** Of all instances, where all are here. */
export function countUnready(instances: readonly InstanceRowFragment[]): Unready {
  return UNREADY.map((status) => ({
    status,
    count: instances.filter(({ readiness }) => readiness.status === status).length,
  }));
}

/** As the server counts them. */
export function unreadyOf({ unprotected, stale, unproven }: UnreadyQuery): Unready {
  return [
    { status: 'UNPROTECTED', count: unprotected.totalCount },
    { status: 'STALE', count: stale.totalCount },
    { status: 'UNPROVEN', count: unproven.totalCount },
  ];
}

/** What hurts; where nothing does, one line says so. */
export function Hurts({ data, ...props }: { readonly data: WhatHurtsQuery; readonly unready: Unready }) {
  const alerts = data.alerts.nodes.filter(({ resolvedAt }) => !resolvedAt);
  const shown = shownAlerts(alerts);
  const recent = data.operations.nodes.filter(
    ({ finishedAt }) => finishedAt && Date.now() - Date.parse(finishedAt) < DAY_MS,
  );
  // What an alert says already is not said again.
  const failures = recent.filter(({ id }) => !alerts.some(({ operation }) => operation?.id === id));
  const unready = props.unready.filter(({ count }) => count > 0);
  const moreAlerts = data.alerts.totalCount - data.alerts.nodes.length + alerts.length - shown.length;
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
        {shown.map(({ id, severity, kind, message, remedy, openedAt, instance, image, operation }) => (
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
              {kind === 'DRIFT_REPORTED' && <Link to="/server/drift">Show what differs</Link>}
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
