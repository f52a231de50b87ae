import type { Command } from 'commander';
import type { ImageFieldsFragment, ImageFilter } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { collect, collectEnum, given, parseLabel } from '../../options.ts';
import { formatAge, printList, printOne } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { readAll } from '../../read-all.ts';
import { type Actions, requireImage, requireInstance, type Session } from '../../session.ts';
import { formatBytes } from '../../units.ts';
import { requireSchedule } from '../schedules/records.ts';

const LIST_IMAGES = graphql(`
  query ListImages($first: Int, $after: String, $filter: ImageFilter) {
    images(first: $first, after: $after, filter: $filter) {
      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }
    }
  }
`);

const COLUMNS: readonly Column<ImageFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state, room: 'word' },
  { title: 'OF', value: ({ sourceInstanceName }) => sourceInstanceName },
  { title: 'METHOD', value: ({ method }) => method, room: 'spare' },
  { title: 'POSTGRES', value: ({ postgresVersion }) => postgresVersion, room: 'spare' },
  { title: 'STORED', value: ({ sizeBytes }) => (sizeBytes ? formatBytes(sizeBytes) : null), align: 'right' },
  { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right', room: 'spare' },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

/** All images that a filter lets through. */
export function listImages({ toygres }: Session, filter: ImageFilter) {
  return readAll(async (after) => (await toygres.request(LIST_IMAGES, { first: 100, after, filter })).images);
}

interface ListOptions {
  readonly state?: NonNullable<ImageFilter['state']>;
  readonly method?: NonNullable<ImageFilter['method']>;
  readonly instance?: string;
  readonly schedule?: string;
  readonly nameContains?: string;
  readonly label?: readonly string[];
}

/** `toygres image list`, `get` */
export function addListCommands(image: Command, action: Actions): void {
  image
    .command('list')
    .description('all that are there')
    .option('--state <state>', 'may be given several times', collectEnum)
    .option('--method <method>', 'may be given several times', collectEnum)
    .option('--instance <instance>', 'of this server')
    .option('--schedule <schedule>', 'that this schedule took')
    .option('--name-contains <text>')
    .option('--label <key=value>', 'those with all of these', collect)
    .action(
      action(async (session, { state, method, instance, schedule, nameContains, label }: ListOptions) => {
        const source = instance === undefined ? undefined : (await requireInstance(session, instance)).id;
        const taker = schedule === undefined ? undefined : (await requireSchedule(session, schedule)).id;
        const labels = label?.map(parseLabel);
        const filter = { state, method, nameContains, labels, sourceInstanceId: source, scheduleId: taker };
        printList(session.output, await listImages(session, given(filter)), COLUMNS);
      }),
    );

  image
    .command('get <image>')
    .alias('show')
    .description('one, by name or id')
    .action(action(async (session, name: string) => printOne(session.output, await requireImage(session, name))));
}
