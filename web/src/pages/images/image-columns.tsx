import { Link } from 'react-router';
import { formatBytes } from '../../format/numbers.ts';
import { stateOf } from '../../format/shown-state.ts';
import type { ImageRowFragment } from '../../generated/graphql.ts';
import { Moment } from '../../ui/moment.tsx';
import { StateMark } from '../../ui/state.tsx';
import type { Column } from '../../ui/table.tsx';

/** What a table of images shows. */
export const IMAGE_COLUMNS: readonly Column<ImageRowFragment>[] = [
  {
    id: 'name',
    name: 'Name',
    isTitle: true,
    cell: ({ id, name }) => <Link to={`/images/${id}`}>{name}</Link>,
  },
  {
    id: 'source',
    name: 'Of',
    cell: ({ sourceInstance, sourceInstanceName }) =>
      sourceInstance && sourceInstance.state !== 'DELETED' ? (
        <Link to={`/instances/${sourceInstance.id}`}>{sourceInstanceName}</Link>
      ) : (
        <span title="It is deleted">{sourceInstanceName}</span>
      ),
  },
  { id: 'state', name: 'State', cell: (image) => <StateMark state={stateOf(image)} /> },
  { id: 'taken', name: 'Taken', cell: ({ takenAt, createdAt }) => <Moment at={takenAt ?? createdAt} /> },
  {
    id: 'proven',
    name: 'Proven',
    cell: ({ lastVerdict: drill }) =>
      drill?.state === 'PASSED' ? (
        <Moment at={drill.finishedAt} />
      ) : (
        <span className="muted">{drill?.state === 'FAILED' ? 'drill failed' : 'not yet'}</span>
      ),
  },
  { id: 'method', name: 'Method', cell: ({ method }) => method.charAt(0) + method.slice(1).toLowerCase() },
  { id: 'version', name: 'PostgreSQL', isSpare: true, cell: ({ postgresVersion }) => postgresVersion },
  {
    id: 'size',
    name: 'Size',
    align: 'end',
    cell: ({ sizeBytes }) => <span className="number">{formatBytes(sizeBytes)}</span>,
  },
  {
    id: 'expires',
    name: 'Kept until',
    cell: ({ protected: isProtected, expiresAt }) =>
      isProtected ? (
        'protected'
      ) : (
        <span className="nowrap">
          <Moment at={expiresAt} none="it is deleted" />
        </span>
      ),
  },
];
