import type { Command } from 'commander';
import type { Operation } from '../../client/connect.ts';
import * as documents from '../documents.ts';
import { titleOf } from '../outcome.ts';
import { formatAge, printList, printOne } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { collect, parseWhole, requireInstance, type Session, type Surroundings, withSession } from '../session.ts';
import { watchOperation } from '../watch.ts';

const COLUMNS: readonly Column<Operation>[] = [
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'STATE', value: ({ state }) => state },
  { title: '%', value: ({ percent }) => Math.floor(percent), align: 'right' },
  { title: 'ON', value: ({ image, instance }) => image?.name ?? instance?.name },
  { title: 'BY', value: ({ requestedBy }) => requestedBy },
  { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right' },
  { title: 'ID', value: ({ id }) => id },
];

/** `toygres operation ...` */
export function addOperationCommands(program: Command, surroundings: Surroundings): void {
  const operation = program.command('operation').description('what was asked for: look at, watch, cancel, retry');
  const session = <Args extends unknown[]>(work: (session: Session, ...args: Args) => Promise<void>) =>
    withSession(surroundings, work);

  operation
    .command('list')
    .description('the newest first')
    .option('--state <state>', 'may be given several times', collect)
    .option('--kind <kind>', 'may be given several times', collect)
    .option('--instance <instance>', 'on this server')
    .option('--first <count>', 'how many, at most 100', '20')
    .action(
      session(
        async (
          current,
          options: { state?: readonly string[]; kind?: readonly string[]; instance?: string; first?: string },
        ) => {
          const on = options.instance === undefined ? null : await requireInstance(current, options.instance);
          const filter = {
            ...(options.state === undefined ? {} : { state: options.state }),
            ...(options.kind === undefined ? {} : { kind: options.kind }),
            ...(on === null ? {} : { instanceId: on.id }),
          };
          const first = parseWhole('--first', options.first) ?? 20;
          const { operations } = await current.toygres.request(documents.LIST_OPERATIONS, {
            first,
            filter: filter as never,
          });
          printList(current.output, operations.nodes, COLUMNS);
        },
      ),
    );

  operation
    .command('get <id>')
    .description('one, with its steps and jobs')
    .action(session(async (current, id: string) => printOne(current.output, await current.toygres.readOperation(id))));

  operation
    .command('watch <id>')
    .description('show it until it is over: bars in a terminal, lines in a pipe')
    .action(
      session(async (current, id: string) => {
        const found = await current.toygres.readOperation(id);
        const ended = await watchOperation(current, found, titleOf(found.kind, found.image ?? found.instance ?? {}));
        if (current.output.format !== 'table') printOne(current.output, ended);
      }),
    );

  operation
    .command('cancel <id>')
    .description('stop it and take back what it made')
    .action(
      session(async (current, id: string) => {
        printOne(current.output, (await current.toygres.cancelOperation({ operationId: id })).operation);
      }),
    );

  operation
    .command('retry <id>')
    .description('begin a FAILED one anew')
    .option('--watch', 'show it until it is over')
    .action(
      session(async (current, id: string, options: { watch?: boolean }) => {
        const { operation: again } = await current.toygres.retryOperation({ operationId: id });
        if (options.watch)
          await watchOperation(current, again, titleOf(again.kind, again.image ?? again.instance ?? {}));
        printOne(current.output, options.watch ? await current.toygres.readOperation(id) : again);
      }),
    );
}
