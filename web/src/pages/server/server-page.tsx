import { Link, useNavigate } from 'react-router';
import { useAction } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { useRefusal, useWhoAmI } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { apart } from '../../format/words.ts';
import { DiagnosticsDocument, type DiagnosticsQuery, RunPreflightDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { Facts, Panel } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';
import { ServerFrame } from './server-frame.tsx';

const LOOK_MS = 30_000;

type Diagnosed = DiagnosticsQuery['diagnostics'][number];

/** Where the console shows what a remedy names. */
const SHOWN: Readonly<Record<string, { readonly to: string; readonly words: string }>> = {
  drift: { to: '/server/drift', words: 'Show what differs' },
  alerts: { to: '/alerts', words: 'Show the alerts' },
};

const COLUMNS: readonly Column<Diagnosed>[] = [
  { id: 'name', name: 'Link', isTitle: true, cell: ({ name }) => name },
  { id: 'ok', name: 'State', cell: ({ ok }) => <StateMark state={ok ? 'HEALTHY' : 'UNHEALTHY'} /> },
  {
    id: 'detail',
    name: 'What was found',
    cell: ({ name, ok, detail, remedy }) => {
      const shown = ok ? undefined : SHOWN[name];
      return (
        <span className="told">
          <bdi>{detail}</bdi> {remedy && <strong>{remedy}</strong>} {shown && <Link to={shown.to}>{shown.words}</Link>}
        </span>
      );
    },
  },
];

function Preflight() {
  const refusal = useRefusal('OPERATOR');
  const run = useAction(RunPreflightDocument);
  const navigate = useNavigate();
  const variables = { input: {} };
  const begin = async () => {
    const begun = await run.run(variables);
    if (begun !== null) void navigate(`/operations/${begun.runPreflight.operation.id}`);
  };
  return (
    <Panel
      title="Preflight"
      actions={
        <Button icon="play" busy={run.busy} refusal={refusal} onPress={() => void begin()}>
          Run preflight
        </Button>
      }
    >
      <p className="muted">
        A job runs as backups run, and tries from inside what they depend on: its image, room, identity, login and the
        blob store. A broken link is the failure of its operation, with the remedy.
      </p>
      <ErrorNote error={run.error} />
      <AsCode
        label="The preflight as code"
        code={{ document: RunPreflightDocument, variables, command: commandLine('server', 'preflight', '--watch') }}
      />
    </Panel>
  );
}

export default function ServerPage() {
  const { server, viewer } = useWhoAmI();
  const answer = useApi(DiagnosticsDocument, {}, { everyMs: LOOK_MS });
  const links = answer.data?.diagnostics ?? [];
  const broken = links.filter(({ ok }) => !ok).length;
  return (
    <ServerFrame code={{ document: DiagnosticsDocument, variables: {}, command: commandLine('server', 'diagnostics') }}>
      {answer.data !== undefined && (
        <Note
          tone={broken === 0 ? 'good' : 'bad'}
          title={
            broken === 0
              ? 'All that operations depend on is in order.'
              : `${broken} of ${links.length} ${broken === 1 ? 'is' : 'are'} not in order.`
          }
        />
      )}
      <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />
      {answer.data === undefined && answer.error === null && <Waiting what="the state of the server" />}
      {links.length > 0 && (
        <Panel
          title="What operations depend on"
          actions={
            <Button busy={answer.isFetching} onPress={() => void answer.refetch()}>
              Look again
            </Button>
          }
        >
          <DataTable
            label="Links"
            columns={COLUMNS}
            rows={links}
            idOf={({ name }) => name}
            nameOf={({ name }) => name}
          />
        </Panel>
      )}
      <Preflight />
      <Panel title="What it offers">
        <Facts
          facts={[
            ['Release', server.version],
            ['Platform', server.platform],
            ['PostgreSQL', server.postgresVersions.join(', ')],
            ['Methods of images', server.imageMethods.join(', ')],
            ['Namespaces', server.namespaces.join(', ')],
            ['Rows of a page, at most', String(server.limits.pageSize)],
            [
              'You are',
              `${apart(viewer.name)}, ${viewer.role === 'ADMIN' ? 'an administrator' : viewer.role === 'OPERATOR' ? 'an operator' : 'a viewer'}`,
            ],
          ]}
        />
      </Panel>
    </ServerFrame>
  );
}
