import type { Command } from 'commander';
import { NotFoundError, type Role, type UserFieldsFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { UsageError } from '../../exit-codes.ts';
import { collect, given, parseEnum, parseLabel, parseYesNo } from '../../options.ts';
import { formatAge, printDeleted, printList, printOne, printShownOnce } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { readAll } from '../../read-all.ts';
import { readPassword } from '../../read-secret.ts';
import { actionsOf, type Session, type Surroundings } from '../../session.ts';
import { formatScope } from './scope.ts';

export const USER_FIELDS = graphql(`
  fragment UserFields on User { id username role enabled scope { key value } createdAt lastLoginAt }
`);
const LIST_USERS = graphql(`
  query ListUsers($first: Int, $after: String) {
    users(first: $first, after: $after) { nodes { ...UserFields } pageInfo { hasNextPage endCursor } }
  }
`);
const CREATE_USER = graphql(`
  mutation CreateUser($input: CreateUserInput!) { createUser(input: $input) { user { ...UserFields } password } }
`);
const UPDATE_USER = graphql(`
  mutation UpdateUser($input: UpdateUserInput!) { updateUser(input: $input) { user { ...UserFields } } }
`);
const DELETE_USER = graphql(`mutation DeleteUser($input: DeleteUserInput!) { deleteUser(input: $input) { id } }`);

const COLUMNS: readonly Column<UserFieldsFragment>[] = [
  { title: 'USERNAME', value: ({ username }) => username },
  { title: 'ROLE', value: ({ role }) => role, room: 'word' },
  { title: 'ENABLED', value: ({ enabled }) => (enabled ? 'yes' : 'no'), room: 'spare' },
  { title: 'SCOPE', value: ({ scope }) => formatScope(scope) },
  { title: 'LAST LOGIN', value: ({ lastLoginAt }) => formatAge(lastLoginAt) ?? 'never', align: 'right' },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

const listUsers = ({ toygres }: Session) =>
  readAll(async (after) => (await toygres.request(LIST_USERS, { first: 100, after })).users);

async function requireUser(session: Session, nameOrId: string): Promise<UserFieldsFragment> {
  const users = await listUsers(session);
  const isMeant = ({ id, username }: UserFieldsFragment) =>
    id === nameOrId || username.toLowerCase() === nameOrId.toLowerCase();
  const found = users.find(isMeant);
  if (found) return found;
  throw new NotFoundError(`There is no user "${nameOrId}". See toygres user list.`, { code: 'NOT_FOUND' });
}

interface CreateOptions {
  readonly role?: Role;
  readonly scope?: readonly string[];
  readonly passwordStdin?: boolean;
}

interface UpdateOptions extends CreateOptions {
  readonly everything?: boolean;
  readonly enabled?: string;
}

/** `toygres user ...` */
export function addUserCommands(program: Command, surroundings: Surroundings): void {
  const user = program.command('user').description('who can sign in');
  const action = actionsOf(surroundings);
  const role = ['--role <role>', 'VIEWER, OPERATOR or ADMIN'] as const;
  const scope = ['--scope <key=value>', 'sees only instances with all of these', collect] as const;
  const passwordOption = ['--password-stdin', 'the password is read from stdin'] as const;

  user
    .command('create <username>')
    .description('make one; a password that is generated is shown once, alone on stdout')
    .option(...role, parseEnum<Role>)
    .option(...scope)
    .option(...passwordOption)
    .action(
      action(async ({ toygres, output, signal }, username: string, options: CreateOptions) => {
        if (options.role === undefined) throw new UsageError('What may the user do? --role VIEWER, OPERATOR or ADMIN');
        const labels = options.scope?.map(parseLabel);
        const password = options.passwordStdin ? await readPassword('Password', signal) : undefined;
        const input = { username, role: options.role, ...given({ scope: labels, password }) };
        const { createUser } = await toygres.request(CREATE_USER, { input });
        printShownOnce(output, createUser, createUser.user, createUser.password ?? null);
      }),
    );

  user
    .command('list')
    .description('all that are there')
    .action(action(async (session) => printList(session.output, await listUsers(session), COLUMNS)));

  user
    .command('update <user>')
    .description('change what one may do, or the password')
    .option(...role, parseEnum<Role>)
    .option(...scope)
    .option('--everything', 'no scope any more')
    .option('--enabled <yes|no>')
    .option(...passwordOption)
    .action(
      action(async (session, nameOrId: string, options: UpdateOptions) => {
        if (options.everything && options.scope) throw new UsageError('--everything is in place of --scope.');
        const password = options.passwordStdin ? await readPassword('Password', session.signal) : undefined;
        const change = given({
          role: options.role,
          scope: options.everything ? [] : options.scope?.map(parseLabel),
          enabled: parseYesNo('--enabled', options.enabled),
          password,
        });
        const { id } = await requireUser(session, nameOrId);
        const { updateUser } = await session.toygres.request(UPDATE_USER, { input: { userId: id, ...change } });
        printOne(session.output, updateUser.user);
      }),
    );

  user
    .command('delete <user>')
    .description('delete one, end its sessions and revoke its tokens')
    .action(
      action(async (session, nameOrId: string) => {
        const { id } = await requireUser(session, nameOrId);
        const { deleteUser } = await session.toygres.request(DELETE_USER, { input: { userId: id } });
        printDeleted(session.output, deleteUser.id);
      }),
    );
}
