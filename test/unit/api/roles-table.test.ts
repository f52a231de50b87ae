import { readFile } from 'node:fs/promises';
import { type GraphQLObjectType, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ROOT_RULES } from '../../../resolvers/access/rules.ts';
import { createContext } from '../../../resolvers/context.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { createResolverContainer } from '../../../resolvers/services.ts';
import type { Role } from '../../../schema/states.ts';
import { guardRootFields } from '../../../src/api/guard-root-fields.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices } from '../../support/api-fakes.ts';
import { listDocuments } from '../../support/root-documents.ts';

const schema = readSchema();
const services = fakeServices();
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
const SCOPE = { team: 'red' };

/** Whether a caller may use a field: whatever else comes of it, it is not FORBIDDEN. */
async function mayUse(root: GraphQLObjectType, document: string, role: Role | null, scope = {}): Promise<boolean> {
  const caller: Caller = { kind: 'USER', id: null, name: 'ann', role, scope };
  if (root === schema.getSubscriptionType()) {
    const contextValue = createContext(services, createResolverContainer(services), caller);
    const result = await subscribe({ schema, document: parse(document), contextValue });
    return !JSON.stringify('errors' in result ? result.errors?.map((error) => error.originalError) : []).includes(
      'FORBIDDEN',
    );
  }
  return !codes(await run(services, document, { caller })).includes('FORBIDDEN');
}

const TABLE = (await readFile(new URL('../../../docs/roles.md', import.meta.url), 'utf8'))
  .split('\n')
  .filter((line) => /^\| (Query|Mutation|Subscription)\./.test(line));

/** Every root field as a document, with the rows of its name. */
const FIELDS = roots.flatMap((root) =>
  root == null
    ? []
    : listDocuments(root).flatMap(([name, document]) => {
        const rows: [string, GraphQLObjectType, string][] = [[`${root.name}.${name}`, root, document]];
        const owner = document.replace(')', ', login: OWNER)');
        return name === 'instanceCredentials' ? [...rows, [`${root.name}.${name}(login: OWNER)`, root, owner]] : rows;
      }),
) as [string, GraphQLObjectType, string][];

describe('every root field', () => {
  it('has one rule, and every rule a field', () => {
    const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}).map((name) => `${root?.name}.${name}`));
    expect(Object.keys(ROOT_RULES).sort()).toEqual(fields.sort());
  });

  it('has one row in the table of docs/roles.md, and every row a field', () => {
    expect(TABLE.map((row) => row.split(' ')[1] ?? '').sort()).toEqual(
      FIELDS.map(([name]) => name.split(' ')[0] ?? '').sort(),
    );
  });

  it.each(FIELDS)('%s is for whom the table says', async (name, root, document) => {
    const shown = async (role: Role | null, scope = {}) => ((await mayUse(root, document, role, scope)) ? 'yes' : 'no');
    const roles = [await shown(null), await shown('VIEWER'), await shown('OPERATOR'), await shown('ADMIN')];
    expect(TABLE).toContain(`| ${name} | ${[...roles, await shown('ADMIN', SCOPE)].join(' | ')} |`);
    // A scope never opens what the role does not.
    for (const role of ['VIEWER', 'OPERATOR'] as const) {
      if ((await shown(role)) === 'no') expect(await shown(role, SCOPE)).toBe('no');
    }
  });

  it('without a rule keeps the schema from being served', () => {
    const [user] = Object.values(schema.getQueryType()?.getFields() ?? {});
    const query = { name: 'Query', getFields: () => ({ forgotten: { ...user, name: 'forgotten' } }) };
    const changed = { getQueryType: () => query, getMutationType: () => null, getSubscriptionType: () => null };
    expect(() => guardRootFields(changed as never)).toThrow('Query.forgotten has no rule');
  });
});
