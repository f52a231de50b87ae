import { Link } from 'react-router';
import { formatBytes } from '../../../format/numbers.ts';
import { Id } from '../../../ui/copy.tsx';
import { Labels } from '../../../ui/labels.tsx';
import { Moment } from '../../../ui/moment.tsx';
import { Facts, Panel } from '../../../ui/page.tsx';
import { DataTable } from '../../../ui/table.tsx';
import type { ImageShown } from '../image-shown.ts';

/** What it holds: databases, and where it came from. */
export function ContentTab({ image }: { readonly image: ImageShown }) {
  const { sourceInstance } = image;
  return (
    <div className="columns">
      <Panel title="Databases">
        {image.databases.length === 0 ? (
          <p className="muted">It is known when the image is available.</p>
        ) : (
          <DataTable
            label="Databases"
            columns={[
              { id: 'name', name: 'Database', isTitle: true, cell: ({ name }) => <strong>{name}</strong> },
              { id: 'owner', name: 'Owner', cell: ({ owner }) => owner },
              {
                id: 'size',
                name: 'Size on the source',
                align: 'end',
                cell: ({ sizeBytes }) => <span className="number">{formatBytes(sizeBytes)}</span>,
              },
            ]}
            rows={image.databases}
            idOf={({ name }) => name}
            nameOf={({ name }) => name}
          />
        )}
      </Panel>
      <Panel title="About it">
        <Facts
          facts={[
            [
              'Of',
              sourceInstance && sourceInstance.state !== 'DELETED' ? (
                <Link key="of" to={`/instances/${sourceInstance.id}`}>
                  {image.sourceInstanceName}
                </Link>
              ) : (
                `${image.sourceInstanceName}, which is deleted`
              ),
            ],
            ['Method', image.method === 'LOGICAL' ? 'logical, by pg_dump' : 'physical, a copy of the files'],
            ['PostgreSQL', image.postgresVersion],
            ['Taken', <Moment key="taken" at={image.takenAt} />],
            ['Size in the store', formatBytes(image.sizeBytes)],
            ['Size on the source', `${formatBytes(image.databaseBytes)} in a volume of ${image.sourceStorageGib} GiB`],
            ['Found whole in the store', <Moment key="verified" at={image.verifiedAt} none="not yet" />],
            [
              'Kept',
              image.protected ? (
                'protected from deletion'
              ) : (
                <span key="kept">
                  until <Moment at={image.expiresAt} none="it is deleted, or retention says so" />
                </span>
              ),
            ],
            image.schedule ? ['Taken by the schedule', image.schedule.name] : null,
            image.description ? ['Description', image.description] : null,
            ['Labels', <Labels key="labels" labels={image.labels} />],
            ['Id', <Id key="id" value={image.id} />],
          ]}
        />
      </Panel>
      <Panel title="Extensions">
        {image.extensions.length === 0 ? (
          <p className="muted">None.</p>
        ) : (
          <ul className="short-list">
            {image.extensions.map(({ database, name, version }) => (
              <li key={`${database} ${name}`}>
                <strong>{name}</strong> {version} <span className="muted">in {database}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
