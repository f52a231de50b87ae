import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { formatDuration, formatRelative } from '../../format/times.ts';
import { ImageDetailDocument, ImageFilesDocument, VerifyImageDocument } from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton, Id } from '../../ui/copy.tsx';
import { Findings } from '../../ui/findings.tsx';
import { Labels } from '../../ui/labels.tsx';
import { ActionMenu } from '../../ui/menu.tsx';
import { Lasting, Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { useNow } from '../../ui/now.ts';
import { Facts, Page, Panel } from '../../ui/page.tsx';
import { useParam } from '../../ui/search-params.ts';
import { StateMark } from '../../ui/state.tsx';
import { DataTable } from '../../ui/table.tsx';
import { JobLog } from '../operations/job-log.tsx';
import { OPERATION_COLUMNS } from '../operations/operation-columns.tsx';
import { DeleteImageDialog } from './delete-image-dialog.tsx';
import { ImageSettings } from './image-settings.tsx';
import type { ImageShown } from './image-shown.ts';

/** What an image is worth, in a sentence. */
function sayWorth(image: ImageShown, now: number): string {
  if (image.state === 'CREATING') return 'It is being taken: nothing can be restored from it before it is available.';
  if (image.state !== 'AVAILABLE') return 'Nothing can be restored from it.';
  const passed = image.drills.find(({ state }) => state === 'PASSED');
  const proven = passed?.finishedAt
    ? `Proven ${formatRelative(Date.parse(passed.finishedAt), now)}${passed.recoverySeconds ? ` in ${formatDuration(passed.recoverySeconds * 1000)}` : ''}.`
    : 'Everything that a restore needs is in the store; no drill has proven it yet.';
  return `${proven} Its data is of ${image.takenAt ? formatRelative(Date.parse(image.takenAt), now) : 'an unknown time'}.`;
}

export default function ImagePage() {
  const { id = '', tab = '' } = useParams();
  const [asked, setAsked] = useParam('do');
  const variables = { id };
  const { data, error, refetch } = useApi(ImageDetailDocument, variables, { nouns: ['image', 'operation'] });
  const role = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const now = useNow();
  const back = { to: '/images', name: 'Images' };
  const image = data?.image;
  if (!image) {
    return (
      <Page title="Image" back={back}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {data === undefined && error === null && <Waiting what="the image" />}
        {image === null && (
          <Empty title="There is no such image">It was never there, or is not for you to see. Its id: {id}</Empty>
        )}
      </Page>
    );
  }
  const path = `/images/${id}`;
  const isNot = image.state === 'AVAILABLE' ? null : `It is ${image.state.toLowerCase()}; this needs it available.`;
  const close = () => setAsked('');
  return (
    <Page
      title={image.name}
      back={back}
      mark={
        <>
          <StateMark state={image.state} />
          {image.encrypted && <span className="muted">encrypted</span>}
          {image.protected && <span className="muted">protected</span>}
        </>
      }
      lead={sayWorth(image, now)}
      actions={
        <>
          <Button kind="primary" refusal={role ?? isNot} onPress={() => void navigate(`${path}/restore`)}>
            Restore as new instance
          </Button>
          <ActionMenu
            label={`More for ${image.name}`}
            actions={[
              { id: 'verify', name: 'Verify by a restore', refusal: role ?? isNot, onPress: () => setAsked('verify') },
              {
                id: 'delete',
                name: 'Delete',
                isDanger: true,
                refusal:
                  role ??
                  (/DELET/.test(image.state) ? 'It is deleted, or being deleted.' : null) ??
                  (image.protected ? 'It is protected: take that back in Settings.' : null),
                onPress: () => setAsked('delete'),
              },
            ]}
          />
        </>
      }
      code={{ document: ImageDetailDocument, variables, command: commandLine('image', 'get', image.name) }}
      tabs={[
        { to: path, name: 'What it holds' },
        { to: `${path}/findings`, name: 'Findings', count: image.findings.length },
        { to: `${path}/drills`, name: 'Drills', count: image.drills.length },
        { to: `${path}/files`, name: 'Files' },
        { to: `${path}/operations`, name: 'Operations', count: image.operations.totalCount },
        { to: `${path}/logs`, name: 'Logs' },
        { to: `${path}/settings`, name: 'Settings' },
      ]}
    >
      {image.failure && (
        <Note tone="bad" title="It failed">
          <p>{image.failure.message}</p>
        </Note>
      )}
      {image.notices.length > 0 && (
        <Note>
          {image.notices.map((notice) => (
            <p key={notice}>{notice}</p>
          ))}
        </Note>
      )}
      <Tab tab={tab} image={image} />
      {asked === 'delete' && <DeleteImageDialog image={image} onClose={close} />}
      {asked === 'verify' && (
        <ActionDialog
          title={`Verify ${image.name}?`}
          verb="Verify"
          document={VerifyImageDocument}
          input={{ imageId: id }}
          command={commandLine('image', 'verify', image.name, '--watch')}
          onClose={close}
          operationOf={({ verifyImage }) => verifyImage.operation.id}
        >
          <p>
            It is restored into a server of its own, compared with what it should hold, and that server is thrown away.
          </p>
        </ActionDialog>
      )}
    </Page>
  );
}

function Tab({ tab, image }: { readonly tab: string; readonly image: ImageShown }) {
  switch (tab) {
    case '':
      return <ContentTab image={image} />;
    case 'findings':
      return (
        <Panel title="What a restore will not bring back as it was">
          <Findings findings={image.findings} none="Nothing was found: a restore brings back everything as it was." />
        </Panel>
      );
    case 'drills':
      return <DrillsTab image={image} />;
    case 'files':
      return <FilesTab id={image.id} name={image.name} />;
    case 'operations':
      return (
        <DataTable
          label={`Operations on ${image.name}`}
          columns={OPERATION_COLUMNS}
          rows={image.operations.nodes}
          idOf={({ id }) => id}
          nameOf={({ kind }) => kind}
          linkOf={({ id }) => `/operations/${id}`}
        />
      );
    case 'logs':
      return <LogsTab image={image} />;
    case 'settings':
      return <ImageSettings image={image} />;
    default:
      return <Empty title="There is no such part">Choose one above.</Empty>;
  }
}

function ContentTab({ image }: { readonly image: ImageShown }) {
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

function DrillsTab({ image }: { readonly image: ImageShown }) {
  if (image.drills.length === 0) {
    return (
      <Empty title="No drill yet">
        A drill restores the image into a server of its own, compares it with what it should hold, and throws that
        server away. “Verify by a restore”, above, begins one.
      </Empty>
    );
  }
  return (
    <DataTable
      label="Drills"
      columns={[
        {
          id: 'state',
          name: 'Result',
          isTitle: true,
          cell: ({ state, operation }) => (
            <Link to={`/operations/${operation.id}`}>{state.charAt(0) + state.slice(1).toLowerCase()}</Link>
          ),
        },
        { id: 'at', name: 'Begun', cell: ({ startedAt }) => <Moment at={startedAt} /> },
        { id: 'took', name: 'Took', cell: ({ startedAt, finishedAt }) => <Lasting from={startedAt} to={finishedAt} /> },
        {
          id: 'recovery',
          name: 'Restore alone',
          cell: ({ recoverySeconds }) => (recoverySeconds ? formatDuration(recoverySeconds * 1000) : '–'),
        },
        {
          id: 'compared',
          name: 'Compared',
          cell: ({ tablesCompared, rowsCompared }) =>
            tablesCompared == null
              ? '–'
              : `${formatCount(tablesCompared)} tables, ${formatCount(rowsCompared ?? 0)} rows`,
        },
        { id: 'why', name: 'Why', cell: ({ failure }) => failure?.message ?? '' },
      ]}
      rows={image.drills}
      idOf={({ id }) => id}
      nameOf={({ state }) => state}
      linkOf={({ operation }) => `/operations/${operation.id}`}
    />
  );
}

function FilesTab({ id, name }: { readonly id: string; readonly name: string }) {
  const { data, error, refetch } = useApi(ImageFilesDocument, { id }, { nouns: ['image'] });
  const files = data?.image?.files;
  if (files === undefined)
    return error === null ? <Waiting what="files" /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (files.length === 0) return <Empty title="No files">They are known when the image is available.</Empty>;
  return (
    <DataTable
      label={`Files of ${name}`}
      columns={[
        { id: 'name', name: 'File', isTitle: true, cell: (file) => <code>{file.name}</code> },
        {
          id: 'size',
          name: 'Size',
          align: 'end',
          cell: ({ sizeBytes }) => <span className="number">{formatBytes(sizeBytes)}</span>,
        },
        {
          id: 'sum',
          name: 'SHA-256',
          cell: ({ sha256 }) => (
            <span className="id">
              <code title={sha256}>{sha256.slice(0, 12)}</code>
              <CopyButton text={sha256} what="the SHA-256" />
            </span>
          ),
        },
      ]}
      rows={files}
      idOf={(file) => file.name}
      nameOf={(file) => file.name}
    />
  );
}

function LogsTab({ image }: { readonly image: ImageShown }) {
  const jobs = image.operations.nodes.flatMap((operation) => operation.jobs);
  const [chosen, setChosen] = useState(jobs[0]?.id ?? '');
  const job = jobs.find(({ id }) => id === chosen) ?? jobs[0];
  if (job === undefined) return <Empty title="No logs">What its jobs write is kept for 30 days.</Empty>;
  return (
    <Panel
      title={`Log of ${job.name}`}
      actions={jobs.map(({ id, name }) => (
        <Button key={id} kind="quiet" pressed={id === job.id} onPress={() => setChosen(id)}>
          {name}
        </Button>
      ))}
    >
      <JobLog key={job.id} job={job} />
    </Panel>
  );
}
