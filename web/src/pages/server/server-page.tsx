import { Link, useNavigate } from 'react-router';
import { useAction } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { useRefusal, useWhoAmI } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { apart, methodWords, sentence, tidied } from '../../format/words.ts';
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

/** What is checked, in the words of somebody who does not know how the server is made. */
const NAMES: Readonly<Record<string, string>> = {
  database: 'Database of records',
  'blob store': 'Image store',
  health: 'Health of instances',
  sources: 'Images of instances',
};

const COLUMNS: readonly Column<Diagnosed>[] = [
  { id: 'name', name: 'What', isTitle: true, cell: ({ name }) => NAMES[name] ?? sentence(name) },
  {
    id: 'ok',
    name: 'State',
    cell: ({ ok, known }) => {
      const [state, words] = !ok
        ? ['UNHEALTHY', 'Not in order']
        : known
          ? ['HEALTHY', 'In order']
          : ['UNKNOWN', 'Not known'];
      return <StateMark state={state} as={words} />;
    },
  },
  {
    id: 'detail',
    name: 'What was found',
    cell: ({ name, ok, known, detail, remedy }) => {
      const shown = ok ? undefined : SHOWN[name];
      return (
        <span className="told">
          <bdi>{tidied(detail)}</bdi> {remedy && <strong>{remedy}</strong>}{' '}
          {shown && <Link to={shown.to}>{shown.words}</Link>}
          {name === 'preflight' && !known && <PreflightButton>Run one now</PreflightButton>}
        </span>
      );
    },
  },
];

const PREFLIGHT = { input: {} };

/** Begins one, and goes to its operation. */
function PreflightButton({ children }: { readonly children: string }) {
  const refusal = useRefusal('OPERATOR');
  const run = useAction(RunPreflightDocument);
  const navigate = useNavigate();
  const begin = async () => {
    const begun = await run.run(PREFLIGHT);
    if (begun !== null) void navigate(`/operations/${begun.runPreflight.operation.id}`);
  };
  return (
    <>
      <Button icon="play" busy={run.busy} refusal={refusal} onPress={() => void begin()}>
        {children}
      </Button>
      <ErrorNote error={run.error} />
    </>
  );
}

function Preflight() {
  return (
    <Panel title="Preflight" actions={<PreflightButton>Run preflight</PreflightButton>}>
      <p className="muted">
        A job runs where backups run, and tries all that they depend on: its container image, room, identity, login and
        the image store. When something is broken, its operation fails and says how to mend it.
      </p>
      <AsCode
        label="The preflight as code"
        code={{
          document: RunPreflightDocument,
          variables: PREFLIGHT,
          command: commandLine('server', 'preflight', '--watch'),
        }}
      />
    </Panel>
  );
}

export default function ServerPage() {
  const { server, viewer } = useWhoAmI();
  const answer = useApi(DiagnosticsDocument, {}, { everyMs: LOOK_MS });
  const links = answer.data?.diagnostics ?? [];
  const broken = links.filter(({ ok }) => !ok).length;
  const isAllKnown = links.every(({ known }) => known);
  return (
    <ServerFrame code={{ document: DiagnosticsDocument, variables: {}, command: commandLine('server', 'diagnostics') }}>
      {answer.data !== undefined && (
        <Note
          tone={broken === 0 ? 'good' : 'bad'}
          title={
            broken === 0
              ? isAllKnown
                ? 'All that operations depend on is in order.'
                : 'All that was looked at is in order.'
              : `${broken} of ${links.length} checks ${broken === 1 ? 'needs' : 'need'} attention.`
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
              Check again
            </Button>
          }
        >
          <DataTable
            label="What operations depend on"
            columns={COLUMNS}
            rows={links}
            idOf={({ name }) => name}
            nameOf={({ name }) => name}
          />
        </Panel>
      )}
      <Preflight />
      <Panel title="About this server">
        <Facts
          facts={[
            ['Release', server.version],
            ['Platform', server.platform],
            ['PostgreSQL', server.postgresVersions.join(', ')],
            ['Images can be', server.imageMethods.map(methodWords).join('; ')],
            ['Namespaces', server.namespaces.join(', ')],
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
