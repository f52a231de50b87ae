import { randomUUID } from 'node:crypto';
import { notFound } from '../../../resolvers/ids.ts';
import type { AccessCommands, UserChange } from '../../../resolvers/ports/access.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { EVERYTHING, isEverything, isWithinScope } from '../../../schema/rules/scope-rules.ts';
import { generatePassword } from '../../secrets/generate-password.ts';
import type { PasswordHasher } from '../../secrets/password-hash.ts';
import { revokeTokensOf } from '../../stores/access/api-tokens.ts';
import { deleteSessionsOf } from '../../stores/access/sessions.ts';
import {
  changeUser,
  deleteUserRow,
  hasOtherAdministrator,
  insertUser,
  lockUser,
  lockUsers,
  type StoredUser,
} from '../../stores/access/users.ts';
import type { Admission, CommandGate } from '../commands/gate.ts';
import { grantRole, grantScope } from './granted-scope.ts';

/** What the commands on users and tokens work with. */
export interface AccessDependencies {
  readonly gate: CommandGate;
  readonly hasher: PasswordHasher;
}

/** The user, locked, with every other change of users kept away. NOT_FOUND for one that the caller does not see. */
async function requireUser({ tx, caller }: Admission, id: string): Promise<StoredUser> {
  await lockUsers(tx);
  const user = await lockUser(tx, id);
  if (user === null || !isWithinScope(user.scope, caller.scope ?? EVERYTHING)) throw notFound('user', 'userId');
  return user;
}

/** CONFLICT when this is the last one who may do everything. */
async function requireOtherAdministrator({ tx }: Admission, user: StoredUser): Promise<void> {
  const administers = user.role === 'ADMIN' && user.enabled && isEverything(user.scope);
  if (!administers || (await hasOtherAdministrator(tx, user.id))) return;
  throw new AppError(
    'CONFLICT',
    `"${user.username}" is the last enabled administrator of everything: make another one first.`,
    { details: { rule: 'lastAdministrator' } },
  );
}

async function writeUserChange(
  admission: Admission,
  { userId, role, scope, enabled }: UserChange,
  passwordHash: string | undefined,
) {
  const { tx, caller } = admission;
  const user = await requireUser(admission, userId);
  const change = {
    ...(role == null ? {} : { role: grantRole(caller, role) }),
    ...(scope == null ? {} : { scope: grantScope(caller, scope) }),
    ...(enabled == null ? {} : { enabled }),
    ...(passwordHash === undefined ? {} : { passwordHash }),
  };
  const stays = { ...user, ...change };
  if (stays.role !== 'ADMIN' || !stays.enabled || !isEverything(stays.scope)) {
    await requireOtherAdministrator(admission, user);
  }
  // What is given to users now is not for whoever has signed in as them before.
  if (passwordHash !== undefined || enabled === false) await deleteSessionsOf(tx, user.id);
  return Object.keys(change).length === 0 ? user : changeUser(tx, user.id, change);
}

/** The commands on users; the same promises as the commands on instances. */
export function createUserCommands({
  gate,
  hasher,
}: AccessDependencies): Pick<AccessCommands, 'createUser' | 'updateUser' | 'deleteUser'> {
  return {
    async createUser(caller: Caller, { username, role, scope, password }) {
      const generated = password == null ? generatePassword() : null;
      const { user } = await gate.run({
        mutation: 'createUser',
        caller,
        input: {},
        target: null,
        prepare: () => hasher.hash(password ?? generated ?? ''),
        write: async ({ tx }, passwordHash) => {
          const granted = { role: grantRole(caller, role), scope: { ...grantScope(caller, scope) } };
          return { user: await insertUser(tx, { id: randomUUID(), username, passwordHash, ...granted }), notices: [] };
        },
        made: (outcome) => outcome.user.id,
      });
      return { user, password: generated };
    },

    async updateUser(caller, change) {
      const { user } = await gate.run({
        mutation: 'updateUser',
        caller,
        input: {},
        target: change.userId,
        prepare: async () => (change.password == null ? undefined : await hasher.hash(change.password)),
        write: async (admission, passwordHash) => ({
          user: await writeUserChange(admission, change, passwordHash),
          notices: [],
        }),
      });
      const { id, username, role, scope, enabled, createdAt, lastLoginAt } = user;
      return { id, username, role, scope, enabled, createdAt, lastLoginAt };
    },

    async deleteUser(caller, userId) {
      await gate.run({
        mutation: 'deleteUser',
        caller,
        input: {},
        target: userId,
        write: async (admission) => {
          const user = await requireUser(admission, userId);
          await requireOtherAdministrator(admission, user);
          await revokeTokensOf(admission.tx, user.id);
          await deleteUserRow(admission.tx, user.id);
          return {};
        },
      });
    },
  };
}
