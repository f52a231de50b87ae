import { Link } from 'react-router';
import { formatBytes } from '../../../format/numbers.ts';
import { apart, methodWords } from '../../../format/words.ts';
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
      <div className="stack">
        <Panel title="Databases">
          {image.databases.length === 0 ? (
            <p className="muted">
              {image.state === 'CREATING'
                ? 'It is known when the image is available.'
                : 'Nothing is known: it never became available.'}
            </p>
          ) : (
            <DataTable
              label="Databases"
              columns={[
                { id: 'name', name: 'Database', isTitle: true, cell: ({ name }) => <strong>{name}</strong> },
                { id: 'owner', name: 'Owner', cell: ({ owner }) => <span className="short">{owner}</span> },
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
        <Panel title="Extensions">
          {image.extensions.length === 0 ? (
            <p className="muted">None.</p>
          ) : (
            <ul className="short-list">
              {byExtension(image.extensions).map(({ name, version, databases }) => (
                <li key={`${name} ${version}`}>
                  <strong>{name}</strong> <bdi>{version}</bdi>{' '}
                  <span className="muted">in {databases.map(apart).join(', ')}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Panel title="Details">
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
            ['Method', methodWords(image.method)],
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
                  {image.expiresAt ? 'until ' : ''}
                  <Moment at={image.expiresAt} none="until it is deleted, or retention says so" />
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
    </div>
  );
}

/** Each extension and version once, with the databases that have it. */
function byExtension(extensions: ImageShown['extensions']) {
  const groups = Object.groupBy(extensions, ({ name, version }) => `${name} ${version}`);
  return Object.values(groups).flatMap((group) => {
    const [first] = group ?? [];
    return first === undefined ? [] : [{ ...first, databases: (group ?? []).map(({ database }) => database).sort() }];
  });
}
