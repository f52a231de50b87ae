import type { Command } from 'commander';
import { NotFoundError, type Role, type TokenFieldsFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { UsageError } from '../../exit-codes.ts';
import { collect, given, parseEnum, parseLabel } from '../../options.ts';
import { harmless } from '../../output/harmless.ts';
import { formatAge, printList, printOne, printShownOnce } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { readAll } from '../../read-all.ts';
import { actionsOf, type Session, type Surroundings } from '../../session.ts';
import { formatScope } from './scope.ts';

export const TOKEN_FIELDS = graphql(`
  fragment TokenFields on ApiToken {
    id name prefix role scope { key value } createdBy { kind name } createdAt lastUsedAt expiresAt revokedAt
  }
`);
const LIST_TOKENS = graphql(`
  query ListTokens($first: Int, $after: String) {
    apiTokens(first: $first, after: $after) { nodes { ...TokenFields } pageInfo { hasNextPage endCursor } }
  }
`);
const CREATE_TOKEN = graphql(`
  mutation CreateToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { ...TokenFields } token } }
`);
const REVOKE_TOKEN = graphql(`
  mutation RevokeToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { ...TokenFields } notices } }
`);

function isOver({ revokedAt, expiresAt }: TokenFieldsFragment): boolean {
  return Boolean(revokedAt) || (expiresAt ? Date.parse(expiresAt) <= Date.now() : false);
}

const COLUMNS: readonly Column<TokenFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'BEGINS', value: ({ prefix }) => prefix, room: 'spare' },
  { title: 'ROLE', value: ({ role }) => role, room: 'word' },
  { title: 'SCOPE', value: ({ scope }) => formatScope(scope) },
  { title: 'BY', value: ({ createdBy }) => createdBy.name, room: 'spare' },
  { title: 'USED', value: ({ lastUsedAt }) => formatAge(lastUsedAt) ?? 'never', align: 'right' },
  {
    title: 'UNTIL',
    value: ({ revokedAt, expiresAt }) => (revokedAt ? 'revoked' : (expiresAt ?? 'revoked by hand')),
    room: 'word',
  },
  { title: 'ID', value: ({ id }) => id, room: 'spare' },
];

const listTokens = ({ toygres }: Session) =>
  readAll(async (after) => (await toygres.request(LIST_TOKENS, { first: 100, after })).apiTokens);

/** By id, or by a name that one token has which is not over. */
async function requireToken(session: Session, nameOrId: string): Promise<TokenFieldsFragment> {
  const tokens = await listTokens(session);
  const byId = tokens.find(({ id }) => id === nameOrId);
  if (byId) return byId;
  const [found, ...others] = tokens.filter((one) => one.name === nameOrId && !isOver(one));
  if (others.length > 0) throw new UsageError(`${others.length + 1} tokens are called "${nameOrId}": give the id.`);
  if (found) return found;
  throw new NotFoundError(`There is no token "${nameOrId}". See toygres token list.`, { code: 'NOT_FOUND' });
}

interface CreateOptions {
  readonly role?: Role;
  readonly scope?: readonly string[];
  readonly expiresAt?: string;
}

/** `toygres token ...` */
export function addTokenCommands(program: Command, surroundings: Surroundings): void {
  const token = program.command('token').description('tokens for programs');
  const action = actionsOf(surroundings);

  token
    .command('create <name>')
    .description('make one; it is shown once, alone on stdout')
    .option('--role <role>', 'VIEWER, OPERATOR or ADMIN: at most your own', parseEnum<Role>)
    .option('--scope <key=value>', 'sees only instances with all of these', collect)
    .option('--expires-at <time>', 'when it ends, such as 2027-01-31T00:00:00Z')
    .action(
      action(async ({ toygres, output }, name: string, { role, scope, expiresAt }: CreateOptions) => {
        if (role === undefined) throw new UsageError('What may it do? --role VIEWER, OPERATOR or ADMIN');
        const input = { name, role, ...given({ scope: scope?.map(parseLabel), expiresAt }) };
        const { createApiToken } = await toygres.request(CREATE_TOKEN, { input });
        printShownOnce(output, createApiToken, createApiToken.apiToken, createApiToken.token);
      }),
    );

  token
    .command('list')
    .description('those that can be used')
    .option('--all', 'also those that are over')
    .action(
      action(async (session, { all }: { readonly all?: boolean }) => {
        const tokens = await listTokens(session);
        printList(session.output, all ? tokens : tokens.filter((one) => !isOver(one)), COLUMNS);
      }),
    );

  token
    .command('revoke <token>')
    .description('end one, by id or name')
    .option('--include-made', 'and the tokens that it made, and those that they made')
    .action(
      action(async (session, nameOrId: string, { includeMade = false }: { readonly includeMade?: boolean }) => {
        const { id } = await requireToken(session, nameOrId);
        const { revokeApiToken } = await session.toygres.request(REVOKE_TOKEN, {
          input: { apiTokenId: id, includeMade },
        });
        printOne(session.output, revokeApiToken.apiToken);
        for (const notice of revokeApiToken.notices) session.output.note(`Notice: ${harmless(notice)}`);
      }),
    );
}
