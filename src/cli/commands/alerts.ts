import type { Command } from 'commander';
import { asSentence } from '../../client/as-sentence.ts';
import { type AlertFieldsFragment, NotFoundError } from '../../client/connect.ts';
import { graphql } from '../../client/generated/index.ts';
import { formatAge, printList, printOne } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { readAll } from '../read-all.ts';
import { actionsOf, type Surroundings } from '../session.ts';

export const ALERT_FIELDS = graphql(`
  fragment AlertFields on Alert {
    id kind severity message remedy openedAt resolvedAt
    instance { id name } image { id name } schedule { id name } operation { id }
  }
`);
const LIST_ALERTS = graphql(`
  query ListAlerts($first: Int, $after: String, $open: Boolean) {
    alerts(first: $first, after: $after, open: $open) { nodes { ...AlertFields } pageInfo { hasNextPage endCursor } }
  }
`);

const READ_ALERT = graphql(`
  query ReadAlert($id: ID!) { node(id: $id) { ... on Alert { ...AlertFields } } }
`);

const COLUMNS: readonly Column<AlertFieldsFragment>[] = [
  { title: 'SEVERITY', value: ({ severity }) => severity, room: 'word' },
  { title: 'KIND', value: ({ kind }) => kind, room: 'word' },
  { title: 'ABOUT', value: ({ instance, image, schedule }) => (instance ?? image ?? schedule)?.name },
  { title: 'OPEN', value: ({ resolvedAt }) => (resolvedAt ? 'no' : 'yes'), room: 'spare' },
  { title: 'AGE', value: ({ openedAt }) => formatAge(openedAt), align: 'right', room: 'spare' },
  { title: 'MESSAGE', value: ({ message, remedy }) => [asSentence(message), remedy].filter(Boolean).join(' ') },
  { title: 'ID', value: ({ id }) => id, room: 'whole' },
];

/** `toygres alert ...` */
export function addAlertCommands(program: Command, surroundings: Surroundings): void {
  const alert = program.command('alert').description('what people should know of until it is over');
  const action = actionsOf(surroundings);

  alert
    .command('list')
    .description('those that are open')
    .option('--all', 'also those that are over')
    .action(
      action(async ({ toygres, output }, { all }: { readonly all?: boolean }) => {
        const open = all ? null : true;
        const rows = await readAll(
          async (after) => (await toygres.request(LIST_ALERTS, { first: 100, after, open })).alerts,
        );
        printList(output, rows, COLUMNS);
      }),
    );

  alert
    .command('get <id>')
    .alias('show')
    .description('one, also when it is over')
    .action(
      action(async ({ toygres, output }, id: string) => {
        const { node } = await toygres.request(READ_ALERT, { id });
        if (node && 'id' in node) return printOne(output, node as AlertFieldsFragment);
        throw new NotFoundError(`There is no alert ${id}. See toygres alert list --all.`, { code: 'NOT_FOUND' });
      }),
    );
}
