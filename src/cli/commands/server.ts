import type { Command } from 'commander';
import type { DriftState, RunPreflightInput } from '../../client/connect.ts';
import { graphql } from '../../client/generated/index.ts';
import { SomeFailedError } from '../exit-codes.ts';
import { collectEnum, given, parseEnum } from '../options.ts';
import { tellOperation, type WatchOption } from '../outcome.ts';
import { harmless } from '../output/harmless.ts';
import { formatFields, printRows, terminalWidth } from '../output/print.ts';
import { wrapText } from '../output/wrap.ts';
import { actionsOf, type Surroundings } from '../session.ts';

const STATUS = graphql(`
  query ServerStatus {
    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }
    viewer { name role scope { key value } }
  }
`);
const DIAGNOSTICS = graphql(`query Diagnostics { diagnostics { name ok known detail remedy } }`);
const DRIFT = graphql(`
  query Drift($state: [DriftState!]) {
    drift(first: 100, state: $state) { kind name namespace platform ownerId state reason firstSeen lastSeen }
  }
`);
const RUN_PREFLIGHT = graphql(`
  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } notices } }
`);

/** Below what is said of a link. */
const INDENT = 8;

interface PreflightOptions extends WatchOption {
  readonly namespace?: string;
  readonly postgresVersion?: string;
  readonly imageType?: RunPreflightInput['imageType'];
}

/** `toygres server ...`, without the ways to run one, which are programs of their own. */
export function addServerCommands(program: Command, surroundings: Surroundings): void {
  const server = program.command('server').description('the server itself: run it, see how it is');
  const action = actionsOf(surroundings);

  for (const mode of ['standalone', 'api', 'worker'] as const) {
    server.command(mode).description(`run it: the same as toygres ${mode}`);
  }

  server
    .command('status')
    .description('version, platform, limits, and who you are there')
    .action(
      action(async ({ toygres, output, url }) => {
        const { server: facts, viewer } = await toygres.request(STATUS);
        const all = { url, ...facts, viewer };
        output.data(output.format === 'json' ? JSON.stringify(all, null, 2) : formatFields(all));
      }),
    );

  server
    .command('diagnostics')
    .description('every link that operations depend on; exit 1 when one is broken')
    .action(
      action(async ({ toygres, output }) => {
        const { diagnostics } = await toygres.request(DIAGNOSTICS);
        if (output.format === 'json') output.data(JSON.stringify(diagnostics, null, 2));
        else {
          for (const { name, ok, known, detail, remedy } of diagnostics) {
            const said = `${ok ? (known ? 'ok    ' : '?     ') : 'BROKEN'}  ${name}: ${harmless(detail)}`;
            output.data(wrapText(said, terminalWidth(), INDENT));
            if (!ok && remedy)
              output.data(wrapText(`${' '.repeat(INDENT)}${harmless(remedy)}`, terminalWidth(), INDENT));
          }
        }
        const broken = diagnostics.filter(({ ok }) => !ok);
        if (broken.length > 0) throw new SomeFailedError(`${broken.length} of ${diagnostics.length} links are broken.`);
      }),
    );

  server
    .command('drift')
    .description('what differs from the records, the 100 that were seen last')
    .option('--state <state>', 'PENDING, REMOVED, REPORTED or RESOLVED; may be given several times', collectEnum)
    .action(
      action(async ({ toygres, output }, { state }: { readonly state?: readonly DriftState[] }) => {
        const { drift } = await toygres.request(DRIFT, given({ state: state && [...state] }));
        printRows(output, drift, ({ name }) => name, [
          { title: 'KIND', value: (one) => one.kind, room: 'word' },
          { title: 'NAME', value: (one) => one.name },
          { title: 'STATE', value: (one) => one.state, room: 'word' },
          { title: 'REASON', value: (one) => one.reason },
        ]);
      }),
    );

  server
    .command('preflight')
    .description('try from inside, as jobs work, whether images and restores would')
    .option('--namespace <name>', 'where on Kubernetes')
    .option('--postgres-version <major>', 'with the job image of this version')
    .option('--image-type <type>', 'STOCK or PG_DURABLE', parseEnum)
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, { watch, ...input }: PreflightOptions) => {
        const { runPreflight } = await session.toygres.request(RUN_PREFLIGHT, { input });
        for (const notice of runPreflight.notices) session.output.note(`Notice: ${harmless(notice)}`);
        await tellOperation(session, runPreflight.operation, 'preflight', given({ watch }));
      }),
    );
}
