import { type Change, ChangeType, CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, isObjectType } from 'graphql';

/** What differs between two schemas, for who uses them. */
export interface SchemaChanges {
  /** What a client of the first could stumble over in the second, though nothing in the first said that it would go. */
  readonly breaks: readonly string[];
  /** Every change but that of a description, in words. */
  readonly all: readonly string[];
}

const isOfWords = ({ type }: Change) => /DESCRIPTION/.test(type);
const words = ({ path, message }: Change) => `\`${path ?? 'schema'}\`: ${message.replace(/'([^']*)'/g, '`$1`')}`;

/** The rule of GraphQL Inspector knows of fields and values, not of arguments. */
function wasMarked(before: GraphQLSchema, { type, path }: Change): boolean {
  if (type !== ChangeType.FieldArgumentRemoved) return false;
  const [typeName = '', fieldName = '', argument] = path?.split('.') ?? [];
  const owner = before.getType(typeName);
  const args = isObjectType(owner) ? owner.getFields()[fieldName]?.args : undefined;
  return args?.find(({ name }) => name === argument)?.deprecationReason != null;
}

/** Compares two schemas that are given as SDL. Only what was `@deprecated` in the first may be gone from the second. */
export async function compareSchemas(before: string, after: string): Promise<SchemaChanges> {
  const old = buildSchema(before);
  const changes = await diff(old, buildSchema(after), [DiffRule.suppressRemovalOfDeprecatedField]);
  const breaking = changes.filter(
    (change) => change.criticality.level === CriticalityLevel.Breaking && !wasMarked(old, change),
  );
  return {
    breaks: breaking.map(words).sort(),
    all: changes
      .filter((change) => !isOfWords(change))
      .map(words)
      .sort(),
  };
}
