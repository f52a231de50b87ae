import type { Command } from 'commander';
import * as documents from '../documents.ts';
import { SomeFailedError } from '../exit-codes.ts';
import { formatFields } from '../output/print.ts';
import { formatTable, harmless } from '../output/table.ts';
import { type Session, type Surroundings, withSession } from '../session.ts';
import { watchOperation } from '../watch.ts';

const widthOf = () => (process.stdout.isTTY ? process.stdout.columns : null);

/** `toygres server ...`, without the ways to run one, which are programs of their own. */
export function addServerCommands(program: Command, surroundings: Surroundings): void {
  const server = program.command('server').description('the server itself: run it, see how it is');
  const session = <Args extends unknown[]>(work: (session: Session, ...args: Args) => Promise<void>) =>
    withSession(surroundings, work);

  for (const mode of ['standalone', 'api', 'worker'] as const) {
    server.command(mode).description(`run it: the same as toygres ${mode}`);
  }

  server
    .command('status')
    .description('version, platform, limits, and who you are there')
    .action(
      session(async (current) => {
        const [{ server: facts }, { viewer }] = await Promise.all([
          current.toygres.request(documents.SERVER),
          current.toygres.request(documents.VIEWER),
        ]);
        const all = { url: current.url, ...facts, viewer };
        current.output.data(current.output.format === 'json' ? JSON.stringify(all, null, 2) : formatFields(all));
      }),
    );

  server
    .command('diagnostics')
    .description('every link that operations depend on; exit 1 when one is broken')
    .action(
      session(async (current) => {
        const { diagnostics } = await current.toygres.request(documents.DIAGNOSTICS);
        if (current.output.format === 'json') current.output.data(JSON.stringify(diagnostics, null, 2));
        else {
          for (const { name, ok, detail, remedy } of diagnostics) {
            current.output.data(`${ok ? 'ok    ' : 'BROKEN'}  ${name}: ${harmless(detail)}`);
            if (!ok && remedy) current.output.data(`        ${harmless(remedy)}`);
          }
        }
        const broken = diagnostics.filter(({ ok }) => !ok);
        if (broken.length > 0) throw new SomeFailedError(`${broken.length} of ${diagnostics.length} links are broken.`);
      }),
    );

  server
    .command('drift')
    .description('what differs from the records')
    .action(
      session(async (current) => {
        const { drift } = await current.toygres.request(documents.DRIFT);
        if (current.output.format === 'json') current.output.data(JSON.stringify(drift, null, 2));
        else if (drift.length === 0) current.output.note('There is none.');
        else {
          current.output.data(
            formatTable(
              drift,
              [
                { title: 'KIND', value: (one) => one.kind },
                { title: 'NAME', value: (one) => one.name },
                { title: 'STATE', value: (one) => one.state },
                { title: 'REASON', value: (one) => one.reason },
              ],
              widthOf(),
            ),
          );
        }
      }),
    );

  server
    .command('preflight')
    .description('try from inside, as jobs work, whether images and restores would')
    .option('--namespace <name>')
    .option('--postgres-version <major>')
    .action(
      session(async (current, options: { namespace?: string; postgresVersion?: string }) => {
        const { runPreflight } = await current.toygres.request(documents.RUN_PREFLIGHT, { input: { ...options } });
        const ended = await watchOperation(current, runPreflight.operation, 'preflight');
        current.output.data(current.output.format === 'json' ? JSON.stringify(ended, null, 2) : ended.id);
      }),
    );
}
