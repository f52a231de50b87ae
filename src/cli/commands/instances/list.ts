import type { Command } from 'commander';
import type { InstanceFieldsFragment, InstanceFilter } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { collect, collectEnum, given, parseLabel } from '../../options.ts';
import { formatAge, printList, printOne } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { readAll } from '../../read-all.ts';
import { type Actions, requireInstance, type Session } from '../../session.ts';

const LIST_INSTANCES = graphql(`
  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {
    instances(first: $first, after: $after, filter: $filter) {
      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }
    }
  }
`);

const COLUMNS: readonly Column<InstanceFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state, room: 'word' },
  { title: 'HEALTH', value: ({ health }) => health, room: 'word' },
  {
    title: 'POSTGRES',
    value: ({ postgresVersion, imageType }) =>
      imageType === 'STOCK' ? postgresVersion : `${postgresVersion} ${imageType}`,
    room: 'spare',
  },
  { title: 'GIB', value: ({ storageGib }) => storageGib, align: 'right', room: 'spare' },
  {
    title: 'ENDPOINT',
    value: ({ endpoint }) => (endpoint ? `${endpoint.dnsName ?? endpoint.host}:${endpoint.port}` : null),
  },
  { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right', room: 'spare' },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

/** All instances that a filter lets through. */
export function listInstances({ toygres }: Session, filter: InstanceFilter) {
  return readAll(async (after) => (await toygres.request(LIST_INSTANCES, { first: 100, after, filter })).instances);
}

interface ListOptions {
  readonly state?: NonNullable<InstanceFilter['state']>;
  readonly readiness?: NonNullable<InstanceFilter['readiness']>;
  readonly nameContains?: string;
  readonly label?: readonly string[];
}

/** `toygres instance list`, `get` */
export function addListCommands(instance: Command, action: Actions): void {
  instance
    .command('list')
    .description('all that are there')
    .option('--state <state>', 'may be given several times', collectEnum)
    .option('--readiness <status>', 'READY, UNPROVEN, STALE or UNPROTECTED; may be given several times', collectEnum)
    .option('--name-contains <text>')
    .option('--label <key=value>', 'those with all of these', collect)
    .action(
      action(async (session, { state, readiness, nameContains, label }: ListOptions) => {
        const filter = given({ state, readiness, nameContains, labels: label?.map(parseLabel) });
        printList(session.output, await listInstances(session, filter), COLUMNS);
      }),
    );

  instance
    .command('get <instance>')
    .alias('show')
    .description('one, by name or id')
    .action(action(async (session, name: string) => printOne(session.output, await requireInstance(session, name))));
}
