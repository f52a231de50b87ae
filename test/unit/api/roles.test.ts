import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  parse,
  subscribe,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../../resolvers/context.ts';
import { createResolverContainer } from '../../../resolvers/services.ts';
import type { Role } from '../../../schema/states.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices } from '../../support/api-fakes.ts';

const schema = readSchema();

/** A value that a type takes, as it is written in a document. */
function writeValue(type: GraphQLInputType): string {
  if (isNonNullType(type)) return writeValue(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${needed.map((field) => `${field.name}: ${writeValue(field.type)}`).join(', ')} }`;
  }
  return type.name === 'Int' ? '1' : '"x"';
}

function writeCall({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const needed = args.filter((argument) => isNonNullType(argument.type));
  const given = needed.map((argument) => `${argument.name}: ${writeValue(argument.type)}`).join(', ');
  return `${name}${given === '' ? '' : `(${given})`} ${isCompositeType(getNamedType(type)) ? '{ __typename }' : ''}`;
}

/** Every field of a root as a document of its own. */
function listDocuments(root: GraphQLObjectType | null | undefined): [name: string, document: string][] {
  const fields = Object.values(root?.getFields() ?? {});
  return fields.map((field) => [field.name, `${root?.name.toLowerCase()} { ${writeCall(field)} }`]);
}

describe('a caller without any role', () => {
  const nobody = 'NOBODY' as unknown as Role;
  const services = fakeServices();

  it.each([...listDocuments(schema.getQueryType()), ...listDocuments(schema.getMutationType())])(
    'gets nothing from %s',
    async (_name, document) => {
      expect(validate(schema, parse(document))).toEqual([]);
      expect(codes(await run(services, document, { role: nobody }))).toEqual(['FORBIDDEN']);
    },
  );

  it.each(listDocuments(schema.getSubscriptionType()))('can follow nothing by %s', async (_name, document) => {
    const caller = { kind: 'USER', id: null, name: 'nobody', role: nobody } as const;
    const contextValue = createContext(services, createResolverContainer(services), caller);
    const result = await subscribe({ schema, document: parse(document), contextValue });
    expect(result).toMatchObject({ errors: [{ originalError: { code: 'FORBIDDEN' } }] });
  });
});
