import type { Command } from 'commander';
import type { AuditFilter, AuditRowFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { collect, collectEnum, given, parseWhole } from '../../options.ts';
import { formatTime, printList } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { actionsOf, type Surroundings } from '../../session.ts';

export const AUDIT_FIELDS = graphql(`
  fragment AuditRow on AuditEntry { id at action outcome code target detail address actor { kind id name } }
`);
const LIST_AUDIT = graphql(`
  query ListAudit($first: Int, $filter: AuditFilter) { auditLog(first: $first, filter: $filter) { nodes { ...AuditRow } } }
`);

const COLUMNS: readonly Column<AuditRowFragment>[] = [
  { title: 'AT', value: ({ at }) => formatTime(at), room: 'word' },
  { title: 'WHO', value: ({ actor }) => actor?.name },
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'OUTCOME', value: ({ outcome, code }) => (code ? `${outcome} ${code}` : outcome), room: 'word' },
  { title: 'TARGET', value: ({ target }) => target, room: 'spare' },
  { title: 'FROM', value: ({ address }) => address, room: 'spare' },
];

interface ListOptions {
  readonly action?: readonly string[];
  readonly actor?: string;
  readonly target?: string;
  readonly outcome?: NonNullable<AuditFilter['outcome']>;
  readonly after?: string;
  readonly before?: string;
  readonly first: string;
}

/** `toygres audit ...` */
export function addAuditCommands(program: Command, surroundings: Surroundings): void {
  program
    .command('audit')
    .description('who did what')
    .command('list')
    .description('the newest first')
    .option('--action <action>', 'such as deleteInstance; may be given several times', collect)
    .option('--actor <name>', 'who')
    .option('--target <id>', 'what it was done to')
    .option('--outcome <outcome>', 'ALLOWED, REFUSED or FAILED; may be given several times', collectEnum)
    .option('--after <time>', 'later than this')
    .option('--before <time>', 'earlier than this')
    .option('--first <count>', 'how many, at most 100', '20')
    .action(
      actionsOf(surroundings)(async ({ toygres, output }, options: ListOptions) => {
        const { action, actor, target, outcome, after, before, first } = options;
        const filter = given({ action: action && [...action], actorName: actor, target, outcome, after, before });
        const { auditLog } = await toygres.request(LIST_AUDIT, {
          ...given({ first: parseWhole('--first', first) }),
          filter,
        });
        printList(output, auditLog.nodes, COLUMNS);
      }),
    );
}
