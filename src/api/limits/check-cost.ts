import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { DEFAULT_FIRST } from '../../../resolvers/paging.ts';
import { FIRST_MAX, LOG_LINES_MAX } from '../../../schema/rules/paging-rules.ts';
import { refuseExcess } from '../errors/refusals.ts';
import { readIntrospectionLengths } from './introspection-lengths.ts';
import { LIMITS } from './limits.ts';

/** The fragments of a document by their names. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
type Variables = Readonly<Record<string, unknown>>;

/** How long lists are taken to be whose length nobody asks for. */
const USUAL_LENGTH: Readonly<Record<string, number>> = {
  Step: 12,
  Job: 3,
  ImageFile: 50,
  ImageDatabase: 5,
  HealthPeriod: 97,
};
const OTHER_LENGTH = 5;
/** Of those that grow with what is kept, by their type and name. */
const LONG_LISTS: Readonly<Record<string, number>> = {
  'RetentionPreview.keep': FIRST_MAX,
  'RetentionPreview.remove': FIRST_MAX,
};

/** What is read for a field that says little of it, in fields of an answer. */
const WORK: Readonly<Record<string, number>> = { 'Instance.healthDay': 2000 };

/** The arguments that say how long a list gets, with what they are when left out or null, and the most that is answered. */
const LENGTHS: Readonly<Record<string, { readonly usual: number; readonly none: number; readonly most: number }>> = {
  first: { usual: DEFAULT_FIRST, none: DEFAULT_FIRST, most: FIRST_MAX },
  tailLines: { usual: 1000, none: LOG_LINES_MAX, most: LOG_LINES_MAX },
};

/**
 * Refuses an operation whose answer could have more fields than the limit. Stops counting there, so that a document of
 * fragments within fragments costs no more to count than an honest one. Throws INVALID_INPUT, rule tooCostly.
 */
export function checkCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Variables,
): void {
  const introspected = readIntrospectionLengths(schema);
  let cost = 0;

  const spend = (amount: number): void => {
    cost += amount;
    if (cost > LIMITS.cost) {
      throw refuseExcess(
        'tooCostly',
        `The answer could have more than ${LIMITS.cost} fields: ask for shorter lists, or split it into several requests.`,
      );
    }
  };

  /** `times`: how often the selection is answered; `length`: how long the lists of a connection are. */
  const count = (set: SelectionSetNode, parent: string, times: number, length: number | null): void => {
    for (const node of set.selections) {
      spend(times);
      if (node.kind === Kind.FIELD) countField(node, parent, times, length);
      else if (node.kind === Kind.INLINE_FRAGMENT) {
        count(node.selectionSet, node.typeCondition?.name.value ?? parent, times, length);
      } else {
        const fragment = fragments.get(node.name.value);
        if (fragment !== undefined) count(fragment.selectionSet, fragment.typeCondition.name.value, times, length);
      }
    }
  };

  const countField = (node: FieldNode, parent: string, times: number, length: number | null): void => {
    const field = readField(schema, parent, node.name.value);
    if (field === null || node.selectionSet === undefined) return;
    spend(times * (WORK[`${parent}.${field.name}`] ?? 0));
    const named = getNamedType(field.type);
    const asked = readAskedLength(field, node, variables);
    if (isListType(getNullableType(field.type))) {
      const known = LONG_LISTS[`${parent}.${field.name}`] ?? USUAL_LENGTH[named.name];
      const usual = (parent.startsWith('__') ? introspected[field.name] : known) ?? OTHER_LENGTH;
      count(node.selectionSet, named.name, times * (length ?? asked ?? usual), null);
    } else {
      count(node.selectionSet, named.name, times, asked);
    }
  };

  const root = schema.getRootType(operation.operation);
  if (root != null) count(operation.selectionSet, root.name, 1, null);
}

type SchemaField = GraphQLField<unknown, unknown>;

/** Null for what is no field of the schema. */
function readField(schema: GraphQLSchema, parent: string, name: string): SchemaField | null {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  const type = schema.getType(parent);
  return isObjectType(type) || isInterfaceType(type) ? (type.getFields()[name] ?? null) : null;
}

/** The length that a field is asked for; what is out of range, and will be refused, counts as the most there can be. */
function readAskedLength(schemaField: SchemaField, node: FieldNode, variables: Variables): number | null {
  const name = schemaField.args.find((argument) => Object.hasOwn(LENGTHS, argument.name))?.name;
  const length = name === undefined ? undefined : LENGTHS[name];
  if (length === undefined) return null;
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined) return length.usual;
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : readLiteral(value);
  if (given === null) return length.none;
  return typeof given === 'number' ? Math.min(Math.max(given, 1), length.most) : length.usual;
}

/** Undefined for what no length can be, and validation refuses. */
function readLiteral(value: ValueNode): number | null | undefined {
  if (value.kind === Kind.NULL) return null;
  return value.kind === Kind.INT ? Number(value.value) : undefined;
}
