import type { Command } from 'commander';
import { type DrillFieldsFragment, type DrillState, NotFoundError } from '../../client/connect.ts';
import { graphql } from '../../client/generated/index.ts';
import { collectEnum } from '../options.ts';
import { formatAge, printList, printOne } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { readAll } from '../read-all.ts';
import { actionsOf, requireImage, requireInstance, type Session, type Surroundings } from '../session.ts';
import { formatSeconds } from '../units.ts';

export const DRILL_FIELDS = graphql(`
  fragment DrillFields on Drill {
    id state startedAt finishedAt recoverySeconds databasesCompared tablesCompared rowsCompared
    image { id name sourceInstanceName } operation { id }
  }
`);
const READ_DRILL = graphql(`
  query ReadDrill($id: ID!) {
    drill(id: $id) { ...DrillFields findings { code severity database object message remedy } }
  }
`);
const DRILLS_OF_IMAGE = graphql(`
  query DrillsOfImage($id: ID!) { image(id: $id) { drills(first: 100) { ...DrillFields } } }
`);
const DRILLS_OF_IMAGES = graphql(`
  query DrillsOfImages($first: Int, $after: String, $filter: ImageFilter) {
    images(first: $first, after: $after, filter: $filter) {
      nodes { drills(first: 20) { ...DrillFields } } pageInfo { hasNextPage endCursor }
    }
  }
`);

/** Of so many images at a time, so that no answer is larger than the server lets one be. */
const IMAGES_AT_ONCE = 20;

const COLUMNS: readonly Column<DrillFieldsFragment>[] = [
  { title: 'IMAGE', value: ({ image }) => image.name },
  { title: 'OF', value: ({ image }) => image.sourceInstanceName, room: 'spare' },
  { title: 'STATE', value: ({ state }) => state, room: 'word' },
  { title: 'TABLES', value: ({ tablesCompared }) => tablesCompared, align: 'right', room: 'spare' },
  { title: 'ROWS', value: ({ rowsCompared }) => rowsCompared, align: 'right', room: 'spare' },
  {
    title: 'RECOVERY',
    value: ({ recoverySeconds }) => (recoverySeconds == null ? null : formatSeconds(recoverySeconds)),
    align: 'right',
  },
  { title: 'AGE', value: ({ startedAt }) => formatAge(startedAt), align: 'right', room: 'spare' },
  { title: 'ID', value: ({ id }) => id, room: 'whole' },
];

async function listDrills({ toygres }: Session, of: { image?: string; instance?: string }) {
  if (of.image !== undefined) return (await toygres.request(DRILLS_OF_IMAGE, { id: of.image })).image?.drills ?? [];
  const filter = of.instance === undefined ? null : { sourceInstanceId: of.instance };
  const images = await readAll(
    async (after) => (await toygres.request(DRILLS_OF_IMAGES, { first: IMAGES_AT_ONCE, after, filter })).images,
  );
  return images.flatMap(({ drills }) => drills).sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
}

interface ListOptions {
  readonly image?: string;
  readonly instance?: string;
  readonly state?: readonly DrillState[];
}

/** `toygres drill ...` */
export function addDrillCommands(program: Command, surroundings: Surroundings): void {
  const drill = program.command('drill').description('proofs that images come back; toygres image verify begins one');
  const action = actionsOf(surroundings);

  drill
    .command('list')
    .description('the newest first')
    .option('--image <image>', 'of this image')
    .option('--instance <instance>', 'of the images of this server')
    .option('--state <state>', 'RUNNING, PASSED, FAILED or CANCELLED; may be given several times', collectEnum)
    .action(
      action(async (session, { image, instance, state }: ListOptions) => {
        const drills = await listDrills(session, {
          ...(image === undefined ? {} : { image: (await requireImage(session, image)).id }),
          ...(instance === undefined ? {} : { instance: (await requireInstance(session, instance)).id }),
        });
        const meant = state === undefined ? drills : drills.filter((one) => state.includes(one.state));
        printList(session.output, meant, COLUMNS);
      }),
    );

  drill
    .command('get <id>')
    .alias('show')
    .description('one, with what it found')
    .action(
      action(async ({ toygres, output }, id: string) => {
        const { drill: found } = await toygres.request(READ_DRILL, { id });
        if (!found) throw new NotFoundError(`There is no drill ${id}. See toygres drill list.`, { code: 'NOT_FOUND' });
        printOne(output, found);
      }),
    );
}
