import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { NotFoundError, type ScheduleRunFieldsFragment, UnreachableError } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { SomeFailedError } from '../../exit-codes.ts';
import { given } from '../../options.ts';
import type { WatchOption } from '../../outcome.ts';
import { harmless } from '../../output/harmless.ts';
import { printOne } from '../../output/print.ts';
import type { Actions, Session } from '../../session.ts';
import { InterruptedError } from '../../watch.ts';
import { requireSchedule } from './records.ts';

const RUN_SCHEDULE = graphql(`
  mutation RunSchedule($input: RunScheduleInput!) { runSchedule(input: $input) { run { ...ScheduleRunFields } } }
`);
const READ_RUN = graphql(`
  query ReadScheduleRun($id: ID!) { schedule(id: $id) { runs(first: 20) { nodes { ...ScheduleRunFields } } } }
`);

const ASK_MS = 1_000;

interface RunOptions extends WatchOption {
  readonly idempotencyKey?: string;
}

/** `toygres schedule run` */
export function addRunCommands(schedule: Command, action: Actions): void {
  schedule
    .command('run <schedule>')
    .description('begin a run now, beside its own times')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'until all of its images are taken')
    .action(
      action(async (session, name: string, { watch, idempotencyKey }: RunOptions) => {
        const { id } = await requireSchedule(session, name);
        const input = { scheduleId: id, ...given({ idempotencyKey }) };
        const { run } = (await session.toygres.request(RUN_SCHEDULE, { input })).runSchedule;
        if (watch) return printOne(session.output, await watchRun(session, { id, name }, run));
        if (session.output.format === 'json') return printOne(session.output, run);
        session.output.data(run.id);
        if (session.output.format === 'table') session.output.note(`Begun. See toygres schedule runs ${name}`);
      }),
    );
}

/** Tells of each image as it goes, until the run is over. A server that is away for a while is asked again. */
async function watchRun(
  session: Session,
  schedule: { readonly id: string; readonly name: string },
  begun: ScheduleRunFieldsFragment,
): Promise<ScheduleRunFieldsFragment> {
  const { output, signal } = session;
  const told = new Map<string, string>();
  for (let run = begun; ; ) {
    for (const { id, state, instance, image } of run.operations) {
      if (told.get(id) === state) continue;
      told.set(id, state);
      output.note(harmless(`${instance?.name ?? '?'}: ${state.toLowerCase()} ${image?.name ?? ''} (${id})`));
    }
    if (run.state !== 'RUNNING') {
      if (run.state === 'SUCCEEDED' || run.state === 'SKIPPED') return run;
      throw new SomeFailedError(`The run is ${run.state}: ${run.message ?? 'it does not say why.'}`);
    }
    await pause(ASK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted)
      throw new InterruptedError(`The run goes on. See it with: toygres schedule runs ${schedule.name}`);
    run = await readRun(session, schedule, run);
  }
}

async function readRun(
  { toygres }: Session,
  schedule: { readonly id: string; readonly name: string },
  run: ScheduleRunFieldsFragment,
): Promise<ScheduleRunFieldsFragment> {
  const found = await toygres.request(READ_RUN, { id: schedule.id }).catch((error: unknown) => {
    if (error instanceof UnreachableError) return null;
    throw error;
  });
  if (found === null) return run;
  const again = found.schedule?.runs.nodes.find(({ id }) => id === run.id);
  if (again) return again;
  throw new NotFoundError(`The schedule "${schedule.name}" was deleted; its operations go on.`, { code: 'NOT_FOUND' });
}
