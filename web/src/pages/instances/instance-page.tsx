import { Link, useParams } from 'react-router';
import { useApi, useList } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { sayReadiness } from '../../format/readiness.ts';
import { stateOf } from '../../format/shown-state.ts';
import { asSentence, keepUnits } from '../../format/words.ts';
import { InstanceDetailDocument, InstanceOperationsDocument } from '../../generated/graphql.ts';
import type { Code } from '../../ui/as-code.tsx';
import { Id } from '../../ui/copy.tsx';
import { Findings } from '../../ui/findings.tsx';
import { Labels } from '../../ui/labels.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { useNow } from '../../ui/now.ts';
import { Facts, Page, Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { DataTable } from '../../ui/table.tsx';
import { IMAGE_COLUMNS } from '../images/image-columns.tsx';
import { OPERATION_COLUMNS } from '../operations/operation-columns.tsx';
import { ConnectionPanel } from './connection-panel.tsx';
import { HealthPanel } from './health-panel.tsx';
import { ImageTimeline } from './image-timeline.tsx';
import { InstanceActions } from './instance-actions.tsx';
import { InstanceLogPanel } from './instance-log-panel.tsx';
import type { InstanceShown } from './instance-shown.ts';
import { SettingsPanel } from './settings-panel.tsx';

/** What is shown, as code: the part of the page that one looks at. */
function codeOf(tab: string, { id, name }: InstanceShown): Code {
  const code = { document: InstanceDetailDocument, variables: { id } };
  switch (tab) {
    case 'images':
      return { ...code, command: commandLine('image', 'list', '--instance', name) };
    case 'operations':
      return {
        document: InstanceOperationsDocument,
        variables: { id, first: 50 },
        command: commandLine('operation', 'list', '--instance', name),
      };
    default:
      return { ...code, command: commandLine('instance', 'get', name) };
  }
}

export default function InstancePage() {
  const { id = '', tab = '' } = useParams();
  const variables = { id };
  const { data, error, refetch } = useApi(InstanceDetailDocument, variables, {
    nouns: ['instance', 'image', 'operation'],
    about: id,
  });
  const now = useNow();
  const back = { to: '/instances', name: 'Instances' };
  const instance = data?.instance;
  if (instance === undefined || instance === null) {
    return (
      <Page title="Instance" back={back}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {data === undefined && error === null && <Waiting what="the instance" />}
        {instance === null && (
          <Empty title="There is no such instance">It was never there, or is not for you to see. Its id: {id}</Empty>
        )}
      </Page>
    );
  }
  const path = `/instances/${id}`;
  const state = stateOf(instance);
  const wasCancelled = instance.failure?.code === 'CANCELLED';
  return (
    <Page
      title={instance.name}
      back={back}
      mark={
        <>
          <StateMark state={state} />
          {instance.state === 'RUNNING' && <StateMark state={instance.health} />}
        </>
      }
      lead={
        instance.state === 'FAILED' ? (
          `${state === 'CANCELLED' ? 'Its making was cancelled' : 'It never came to life'}: nothing is in it that could be lost.`
        ) : (
          <>
            <StateMark state={instance.readiness.status} />{' '}
            <span>{keepUnits(sayReadiness(instance.readiness, now))}</span>
          </>
        )
      }
      actions={<InstanceActions instance={instance} />}
      code={codeOf(tab, instance)}
      tabs={[
        { to: path, name: 'Overview' },
        { to: `${path}/images`, name: 'Images', count: instance.images.totalCount },
        { to: `${path}/operations`, name: 'Operations', count: instance.operations.totalCount },
        { to: `${path}/logs`, name: 'Logs' },
        { to: `${path}/findings`, name: 'Findings', count: instance.findings.length },
        { to: `${path}/settings`, name: 'Settings' },
      ]}
    >
      {instance.failure && state !== 'CANCELLED' && (
        <Note
          tone={wasCancelled ? 'idle' : 'bad'}
          title={wasCancelled ? 'What was last asked of it was cancelled' : 'It failed'}
        >
          <p>{asSentence(instance.failure.message)}</p>
        </Note>
      )}
      <Tab tab={tab} instance={instance} />
    </Page>
  );
}

function Tab({ tab, instance }: { readonly tab: string; readonly instance: InstanceShown }) {
  switch (tab) {
    case '':
      return <OverviewTab instance={instance} />;
    case 'images':
      return instance.images.nodes.length === 0 ? (
        <Empty title="No images of it yet">
          An image is a backup of everything in it, proven to be whole when it is called available.
        </Empty>
      ) : (
        <DataTable
          label={`Images of ${instance.name}`}
          columns={IMAGE_COLUMNS.filter(({ id }) => id !== 'source')}
          rows={instance.images.nodes}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
          linkOf={({ id }) => `/images/${id}`}
        />
      );
    case 'operations':
      return <OperationsTab id={instance.id} name={instance.name} />;
    case 'logs':
      return <InstanceLogPanel instance={instance} />;
    case 'findings':
      return (
        <Panel title="What is not as it was on the source">
          <Findings findings={instance.findings} none="Nothing: everything is as it was." />
        </Panel>
      );
    case 'settings':
      return <SettingsPanel instance={instance} />;
    default:
      return <Empty title="There is no such part">Choose one above.</Empty>;
  }
}

function OverviewTab({ instance }: { readonly instance: InstanceShown }) {
  return (
    <>
      <Panel title="Images">
        <ImageTimeline images={instance.images.nodes} />
      </Panel>
      <div className="columns">
        <div className="stack">
          <ConnectionPanel instance={instance} />
          <Panel title="Details">
            <Facts
              facts={[
                [
                  'PostgreSQL',
                  `${instance.postgresVersion}${instance.imageType === 'PG_DURABLE' ? ' with pg_durable' : ''}`,
                ],
                ['Volume', `${instance.storageGib} GiB`],
                ['Reached from', instance.exposure === 'PUBLIC' ? 'the internet' : 'its own network only'],
                ['Namespace', instance.namespace],
                ['Created', <Moment key="created" at={instance.createdAt} />],
                instance.sourceImage
                  ? [
                      'Made from',
                      <Link key="source" to={`/images/${instance.sourceImage.id}`}>
                        {instance.sourceImage.name}
                      </Link>,
                    ]
                  : null,
                ['Deletion', instance.deletionProtection ? 'protected' : 'not protected'],
                ['Labels', <Labels key="labels" labels={instance.labels} />],
                ['Id', <Id key="id" value={instance.id} />],
              ]}
            />
          </Panel>
        </div>
        <div className="stack">
          <HealthPanel id={instance.id} name={instance.name} />
          <Panel title="Last operations" actions={<Link to={`/instances/${instance.id}/operations`}>All</Link>}>
            <ul className="short-list lined-up">
              {instance.operations.nodes.map((operation) => (
                <li key={operation.id}>
                  <span className="lined-up-what">{OPERATION_COLUMNS[0]?.cell(operation)}</span>
                  <span>{OPERATION_COLUMNS[1]?.cell(operation)}</span>
                  <span className="muted nowrap">
                    <Moment at={operation.createdAt} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
      </div>
    </>
  );
}

function OperationsTab({ id, name }: { readonly id: string; readonly name: string }) {
  const list = useList(InstanceOperationsDocument, { id, first: 50 }, ({ operations }) => operations, {
    nouns: ['operation'],
  });
  if (list.nodes === null)
    return list.error === null ? <Waiting what="operations" /> : <ErrorNote error={list.error} onRetry={list.retry} />;
  return (
    <>
      <DataTable
        label={`Operations on ${name}`}
        columns={OPERATION_COLUMNS}
        rows={list.nodes}
        idOf={({ id: one }) => one}
        nameOf={({ kind }) => kind}
        linkOf={({ id: one }) => `/operations/${one}`}
      />
      <ErrorNote error={list.error} onRetry={list.retry} />
      <ListFoot list={list} />
    </>
  );
}
