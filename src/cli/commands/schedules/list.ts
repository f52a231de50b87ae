import type { Command } from 'commander';
import type { ScheduleFieldsFragment, ScheduleRunFieldsFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { given, parseWhole } from '../../options.ts';
import { formatAge, formatTime, printList, printOne } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { readAll } from '../../read-all.ts';
import type { Actions } from '../../session.ts';
import { requireSchedule } from './records.ts';

const LIST_SCHEDULES = graphql(`
  query ListSchedules($first: Int, $after: String) {
    schedules(first: $first, after: $after) { nodes { ...ScheduleFields } pageInfo { hasNextPage endCursor } }
  }
`);
const LIST_RUNS = graphql(`
  query ListScheduleRuns($id: ID!, $first: Int) { schedule(id: $id) { runs(first: $first) { nodes { ...ScheduleRunFields } } } }
`);

function describeSubjects({ instance, selector }: ScheduleFieldsFragment): string {
  if (instance) return instance.name;
  return selector.map(({ key, value }) => `${key}=${value}`).join(', ') || 'every instance';
}

const COLUMNS: readonly Column<ScheduleFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'CRON', value: ({ cron }) => cron, room: 'word' },
  { title: 'ZONE', value: ({ timeZone }) => timeZone, room: 'spare' },
  { title: 'OF', value: describeSubjects },
  { title: 'ENABLED', value: ({ enabled }) => (enabled ? 'yes' : 'no'), room: 'spare' },
  { title: 'NEXT', value: ({ nextRunsAt }) => formatTime(nextRunsAt[0]), room: 'word' },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

const RUN_COLUMNS: readonly Column<ScheduleRunFieldsFragment>[] = [
  { title: 'DUE', value: ({ dueAt }) => formatTime(dueAt), room: 'word' },
  { title: 'STATE', value: ({ state }) => state, room: 'word' },
  { title: 'IMAGES', value: ({ operations }) => operations.length, align: 'right' },
  { title: 'AGE', value: ({ startedAt }) => formatAge(startedAt), align: 'right', room: 'spare' },
  { title: 'MESSAGE', value: ({ message }) => message },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

/** `toygres schedule list`, `get`, `runs` */
export function addListCommands(schedule: Command, action: Actions): void {
  schedule
    .command('list')
    .description('all that are there')
    .action(
      action(async ({ toygres, output }) => {
        const rows = await readAll(
          async (after) => (await toygres.request(LIST_SCHEDULES, { first: 100, after })).schedules,
        );
        printList(output, rows, COLUMNS);
      }),
    );

  schedule
    .command('get <schedule>')
    .alias('show')
    .description('one, by name or id')
    .action(action(async (session, name: string) => printOne(session.output, await requireSchedule(session, name))));

  schedule
    .command('runs <schedule>')
    .description('what became of its times, the last first')
    .option('--first <count>', 'how many, at most 100', '20')
    .action(
      action(async (session, name: string, { first }: { readonly first: string }) => {
        const { id } = await requireSchedule(session, name);
        const asked = { id, ...given({ first: parseWhole('--first', first) }) };
        const found = await session.toygres.request(LIST_RUNS, asked);
        printList(session.output, found.schedule?.runs.nodes ?? [], RUN_COLUMNS);
      }),
    );
}
