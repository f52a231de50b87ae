import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { notFound } from '../../../resolvers/ids.ts';
import type { AccessCommands, AccessQueries } from '../../../resolvers/ports/access.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { API_TOKEN_PREFIX, createBearerSecret, shownPrefix } from '../../secrets/bearer-secret.ts';
import {
  holdToken,
  insertToken,
  readTokensMadeBy,
  revokeToken,
  revokeTokensMadeBy,
} from '../../stores/access/api-tokens.ts';
import type { CommandGate } from '../commands/gate.ts';
import { grantExpiry, grantRole, grantScope } from './granted-scope.ts';

const SHOWN = 5;

/** A token that was revoked a moment ago makes no other. */
async function requireToken(tx: Transaction, { kind, id }: Caller): Promise<void> {
  if (kind !== 'TOKEN' || id === null || (await holdToken(tx, id))) return;
  throw new AppError('UNAUTHENTICATED', 'Your token was revoked: use another one.');
}

function noticesOf(made: readonly { readonly name: string }[]): readonly string[] {
  if (made.length === 0) return [];
  const names = made.slice(0, SHOWN).map(({ name }) => `"${name}"`);
  const others = made.length > SHOWN ? ` and ${made.length - SHOWN} more` : '';
  const [which, them] = made.length === 1 ? ['A token', 'it'] : [`${made.length} tokens`, 'them'];
  return [
    `${which} that it made still can be used: ${names.join(', ')}${others}. Revoke ${them} as well with includeMade: true, ` +
      'in particular when this one may be in the wrong hands.',
  ];
}

/** The commands on API tokens; the same promises as the commands on instances. */
export function createTokenCommands(
  gate: CommandGate,
  queries: Pick<AccessQueries, 'apiToken'>,
): Pick<AccessCommands, 'createApiToken' | 'revokeApiToken'> {
  return {
    async createApiToken(caller, { name, role, scope, expiresAt }) {
      const { secret, hash } = createBearerSecret(API_TOKEN_PREFIX);
      const { apiToken } = await gate.run({
        mutation: 'createApiToken',
        caller,
        input: {},
        target: null,
        write: async ({ tx }) => {
          await requireToken(tx, caller);
          const made = await insertToken(tx, {
            id: randomUUID(),
            name,
            role: grantRole(caller, role),
            scope: { ...grantScope(caller, scope) },
            prefix: shownPrefix(secret),
            tokenHash: hash,
            userId: caller.userId ?? null,
            createdByKind: caller.kind,
            createdById: caller.id,
            createdByName: caller.name,
            expiresAt: grantExpiry(caller, expiresAt ?? null),
          });
          return { apiToken: made, notices: [] };
        },
        made: (outcome) => outcome.apiToken.id,
      });
      return { apiToken, token: secret };
    },

    revokeApiToken(caller, { apiTokenId, includeMade }) {
      return gate.run({
        mutation: 'revokeApiToken',
        caller,
        input: {},
        target: apiTokenId,
        prepare: async () => {
          if ((await queries.apiToken(caller, apiTokenId)) === null) throw notFound('apiToken', 'apiTokenId');
        },
        write: async ({ tx }) => {
          const apiToken = await revokeToken(tx, apiTokenId);
          if (apiToken === null) throw notFound('apiToken', 'apiTokenId');
          if (includeMade) await revokeTokensMadeBy(tx, apiTokenId);
          return { apiToken, notices: noticesOf(await readTokensMadeBy(tx, apiTokenId)) };
        },
      });
    },
  };
}
