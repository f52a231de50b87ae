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

  it('has the defaults of the contract and no others', () => {
    const changes = [...findDangerousChanges(contract, readSchema()), ...findDangerousChanges(readSchema(), contract)];
    expect(changes.filter(({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE)).toEqual([]);
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
