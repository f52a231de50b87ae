import { randomUUID } from 'node:crypto';
import { notFound } from '../../../resolvers/ids.ts';
import type { AccessCommands, AccessQueries } from '../../../resolvers/ports/access.ts';
import { API_TOKEN_PREFIX, createBearerSecret, shownPrefix } from '../../secrets/bearer-secret.ts';
import { insertToken, revokeToken } from '../../stores/access/api-tokens.ts';
import type { CommandGate } from '../commands/gate.ts';
import { grantExpiry, grantRole, grantScope } from './granted-scope.ts';

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
        write: async ({ tx }) => ({
          notices: [],
          apiToken: await insertToken(tx, {
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
          }),
        }),
        made: (outcome) => outcome.apiToken.id,
      });
      return { apiToken, token: secret };
    },

    async revokeApiToken(caller, apiTokenId) {
      const { apiToken } = await gate.run({
        mutation: 'revokeApiToken',
        caller,
        input: {},
        target: apiTokenId,
        prepare: async () => {
          if ((await queries.apiToken(caller, apiTokenId)) === null) throw notFound('apiToken', 'apiTokenId');
        },
        write: async ({ tx }) => {
          const revoked = await revokeToken(tx, apiTokenId);
          if (revoked === null) throw notFound('apiToken', 'apiTokenId');
          return { apiToken: revoked, notices: [] };
        },
      });
      return apiToken;
    },
  };
}
