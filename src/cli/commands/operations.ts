import type { Command } from 'commander';
import type { Operation, OperationFilter } from '../../client/connect.ts';
import { graphql } from '../../client/generated/index.ts';
import { collectEnum, given, parseWhole } from '../options.ts';
import { titleOf, type WatchOption } from '../outcome.ts';
import { formatAge, printList, printOne } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { actionsOf, requireImage, requireInstance, type Surroundings } from '../session.ts';
import { watchOperation } from '../watch.ts';
import { addLogCommand } from './operation-logs.ts';

const LIST_OPERATIONS = graphql(`
  query ListOperations($first: Int, $filter: OperationFilter) {
    operations(first: $first, filter: $filter) { nodes { ...OperationFields } }
  }
`);

const COLUMNS: readonly Column<Operation>[] = [
  { title: 'KIND', value: ({ kind }) => kind, room: 'word' },
  { title: 'STATE', value: ({ state }) => state, room: 'word' },
  { title: '%', value: ({ percent }) => Math.floor(percent), align: 'right', room: 'spare' },
  { title: 'ON', value: (operation) => subjectOf(operation)?.name },
  { title: 'BY', value: ({ requestedBy }) => requestedBy, room: 'spare' },
  { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right', room: 'spare' },
  { title: 'ID', value: ({ id }) => id, room: 'whole' },
];

interface ListOptions {
  readonly state?: NonNullable<OperationFilter['state']>;
  readonly kind?: NonNullable<OperationFilter['kind']>;
  readonly instance?: string;
  readonly image?: string;
  readonly first: string;
}

/** An image that an instance is made from is not what it is about. */
function subjectOf({ kind, image, instance }: Operation) {
  return kind.endsWith('_INSTANCE') ? (instance ?? image) : (image ?? instance);
}

const titleOfOperation = (operation: Operation) => titleOf(operation.kind, subjectOf(operation) ?? {});

/** `toygres operation ...` */
export function addOperationCommands(program: Command, surroundings: Surroundings): void {
  const operation = program.command('operation').description('what was asked for: look at, watch, cancel, retry');
  const action = actionsOf(surroundings);

  operation
    .command('list')
    .description('the newest first')
    .option('--state <state>', 'may be given several times', collectEnum)
    .option('--kind <kind>', 'may be given several times', collectEnum)
    .option('--instance <instance>', 'on this server')
    .option('--image <image>', 'on this image')
    .option('--first <count>', 'how many, at most 100', '20')
    .action(
      action(async (session, { state, kind, instance, image, first }: ListOptions) => {
        const on = instance === undefined ? undefined : (await requireInstance(session, instance)).id;
        const of = image === undefined ? undefined : (await requireImage(session, image)).id;
        const filter = given({ state, kind, instanceId: on, imageId: of });
        const count = parseWhole('--first', first);
        const { operations } = await session.toygres.request(LIST_OPERATIONS, { ...given({ first: count }), filter });
        printList(session.output, operations.nodes, COLUMNS);
      }),
    );

  operation
    .command('get <id>')
    .alias('show')
    .description('one, with its steps and jobs')
    .action(action(async (session, id: string) => printOne(session.output, await session.toygres.readOperation(id))));

  operation
    .command('watch <id>')
    .description('show it until it is over: bars in a terminal, lines in a pipe')
    .action(
      action(async (session, id: string) => {
        const found = await session.toygres.readOperation(id);
        const ended = await watchOperation(session, found, titleOfOperation(found));
        if (session.output.format !== 'table') printOne(session.output, ended);
      }),
    );

  operation
    .command('cancel <id>')
    .description('stop it and take back what it made')
    .action(
      action(async ({ toygres, output }, id: string) => {
        printOne(output, (await toygres.cancelOperation({ operationId: id })).operation);
      }),
    );

  operation
    .command('retry <id>')
    .description('begin a FAILED one anew')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, id: string, { watch }: WatchOption) => {
        const { operation: again } = await session.toygres.retryOperation({ operationId: id });
        printOne(session.output, watch ? await watchOperation(session, again, titleOfOperation(again)) : again);
      }),
    );
  addLogCommand(operation, action);
}
