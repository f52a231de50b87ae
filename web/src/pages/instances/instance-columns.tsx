import { Link } from 'react-router';
import { sayReadiness } from '../../format/readiness.ts';
import { stateOf } from '../../format/shown-state.ts';
import type { InstanceRowFragment } from '../../generated/graphql.ts';
import { type LabelPair, Labels } from '../../ui/labels.tsx';
import { Moment } from '../../ui/moment.tsx';
import { StateMark } from '../../ui/state.tsx';
import type { Column } from '../../ui/table.tsx';

const READINESS_ORDER = ['UNPROTECTED', 'STALE', 'UNPROVEN', 'READY'];

/** What a table of instances shows. */
export function instanceColumns(onPick: (label: LabelPair) => void): readonly Column<InstanceRowFragment>[] {
  return [
    {
      id: 'name',
      name: 'Name',
      isTitle: true,
      sortBy: ({ name }) => name,
      cell: ({ id, name }) => <Link to={`/instances/${id}`}>{name}</Link>,
    },
    { id: 'state', name: 'State', sortBy: stateOf, cell: (instance) => <StateMark state={stateOf(instance)} /> },
    {
      id: 'health',
      name: 'Health',
      sortBy: ({ health }) => health,
      cell: ({ health, state }) =>
        state === 'RUNNING' ? <StateMark state={health} /> : <span className="muted">–</span>,
    },
    {
      id: 'readiness',
      name: 'Readiness',
      sortBy: ({ readiness }) => READINESS_ORDER.indexOf(readiness.status),
      // Nothing is in one that never came to life.
      cell: ({ readiness, state }) =>
        state === 'FAILED' ? (
          <span className="muted">–</span>
        ) : (
          <span title={sayReadiness(readiness, Date.now())}>
            <StateMark state={readiness.status} />
          </span>
        ),
    },
    {
      id: 'image',
      name: 'Newest image',
      sortBy: ({ readiness }) => -Date.parse(readiness.newestImage?.takenAt ?? '1970-01-01'),
      cell: ({ readiness: { newestImage } }) =>
        newestImage ? (
          <Link to={`/images/${newestImage.id}`} title={newestImage.name}>
            <Moment at={newestImage.takenAt} />
          </Link>
        ) : (
          <span className="muted">none</span>
        ),
    },
    {
      id: 'version',
      name: 'PostgreSQL',
      sortBy: ({ postgresVersion }) => Number(postgresVersion),
      cell: ({ postgresVersion, imageType }) => (
        <span>
          {postgresVersion}
          {imageType === 'PG_DURABLE' && ' + pg_durable'}
        </span>
      ),
    },
    {
      id: 'size',
      name: 'Volume',
      align: 'end',
      sortBy: ({ storageGib }) => storageGib,
      cell: ({ storageGib }) => <span className="number">{storageGib} GiB</span>,
    },
    { id: 'labels', name: 'Labels', cell: ({ labels }) => <Labels labels={labels} onPick={onPick} /> },
    {
      id: 'created',
      name: 'Created',
      isSpare: true,
      sortBy: ({ createdAt }) => -Date.parse(createdAt),
      cell: ({ createdAt }) => <Moment at={createdAt} />,
    },
  ];
}
