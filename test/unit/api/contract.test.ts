import { readFile } from 'node:fs/promises';
import {
  assertScalarType,
  buildSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { PRINTED_SCHEMA, printApiSchema } from '../../../src/api/generate-schema.ts';
import { readSchema } from '../../../src/api/schema.ts';

const contract = buildSchema(await readFile(new URL('../../fixtures/contract.graphql', import.meta.url), 'utf8'));

/** Every type, field, argument, input field and enum value, under its full name, with what is said about it. */
function listDescriptions(schema: GraphQLSchema): [name: string, description: string][] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const found: [string, string][] = types.map((type) => [type.name, type.description ?? '']);
  for (const type of types) {
    if (isEnumType(type)) {
      for (const value of type.getValues()) found.push([`${type.name}.${value.name}`, value.description ?? '']);
    } else if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        found.push([`${type.name}.${field.name}`, field.description ?? '']);
        for (const argument of 'args' in field ? field.args : []) {
          found.push([`${type.name}.${field.name}(${argument.name})`, argument.description ?? '']);
        }
      }
    }
  }
  return found;
}

describe('the schema', () => {
  it('has everything of the contract, unchanged', () => {
    expect(findBreakingChanges(contract, readSchema())).toEqual([]);
  });

  it('promises nothing of the contract less strictly or more strictly, seen from the other side', () => {
    const changes = findBreakingChanges(readSchema(), contract);
    const additions = changes.filter(({ type }) => type.includes('REMOVED'));
    expect(changes.filter((change) => !additions.includes(change))).toEqual([]);
  });

  it('has the defaults of the contract, and further ones only where every list has the same', () => {
    const defaults = (before: GraphQLSchema, after: GraphQLSchema) =>
      findDangerousChanges(before, after).filter(({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE);
    expect(defaults(contract, readSchema())).toEqual([]);
    expect(defaults(readSchema(), contract).filter(({ description }) => !/ arg first /.test(description))).toEqual([]);
  });

  it('has lists of one length everywhere, where nobody says how long', () => {
    const types = Object.values(readSchema().getTypeMap()).filter(isObjectType);
    const lists = types.flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name, args }) =>
        args.filter((one) => one.name === 'first').map((first) => [`${type.name}.${name}`, first] as const),
      ),
    );
    expect(lists.length).toBeGreaterThan(15);
    const others = lists.filter(
      ([, { defaultValue, description }]) => defaultValue !== 20 || !/20/.test(description ?? ''),
    );
    // Times to come are no records.
    expect(others.map(([name]) => name)).toEqual(['Schedule.nextRunsAt']);
  });

  it('says of every field of an input what holds where it is left out', () => {
    const inputs = Object.values(readSchema().getTypeMap()).filter(isInputObjectType);
    const silent = inputs
      .filter(({ description }) => !/left out/.test(description ?? ''))
      .flatMap((type) => Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const))
      .filter(([, { type, description }]) => !isNonNullType(type) && !/Left out: /.test(description ?? ''));
    expect(inputs.length).toBeGreaterThan(30);
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('is kept in the repository as the code prints it', async () => {
    expect(await readFile(PRINTED_SCHEMA, 'utf8')).toBe(printApiSchema());
  });

  it('says where the form of a moment is specified', () => {
    const { specifiedByURL } = assertScalarType(readSchema().getType('DateTime'));
    expect(specifiedByURL).toBe('https://scalars.graphql.org/andimarek/date-time');
  });

  it('describes every type, field, argument and enum value', () => {
    const described = listDescriptions(readSchema());
    const undescribed = described.filter(([, text]) => text.trim() === '');
    expect(described.length).toBeGreaterThan(250);
    expect(undescribed).toEqual([]);
  });
});
