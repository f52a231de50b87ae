import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What arguments and fields of inputs are given, by their names; several values make several documents. */
export type Values = Readonly<Record<string, readonly string[]>>;

const FIRST = 3;
/** How many objects a way passes; `edges` have what `nodes` have. */
const DEPTH = 3;

/**
 * Every way through the schema from its queries: a document for each root field and each value of its arguments, which asks
 * for all that can be reached from there. A type comes once on a way, so that there is an end.
 */
export function walkQueries(schema: GraphQLSchema, values: Values): string[] {
  const root = schema.getQueryType();
  if (root == null) return [];
  return Object.values(root.getFields()).flatMap((field) =>
    callsOf(field, values).map((call) => `{ ${call}${selectionOf(schema, getNamedType(field.type), [])} }`),
  );
}

/** Every mutation, once for each value of each id that its input has; null for one that takes no id. */
export function listMutations(schema: GraphQLSchema, values: Values): (readonly [name: string, document: string])[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) =>
    callsOf(field, values).map((call) => [field.name, `mutation { ${call} { __typename } }`] as const),
  );
}

/** The field with all its arguments that have a value, one after the other, beside those that it needs. */
function callsOf(field: GraphQLField<unknown, unknown>, values: Values): string[] {
  const needed = field.args.filter(({ type }) => isNonNullType(type));
  const fixed = field.args.some(({ name }) => name === 'first') ? [`first: ${FIRST}`] : [];
  const given = field.args.filter(({ type, name }) => !isNonNullType(type) && writings(name, type, values).length > 0);
  const combinations = (names: typeof needed): string[][] =>
    names.reduce<string[][]>(
      (all, { name, type }) =>
        all.flatMap((one) => writings(name, type, values).map((written) => [...one, `${name}: ${written}`])),
      [fixed],
    );
  const lists = [combinations([...needed]), ...given.map((one) => combinations([...needed, one]))].flat();
  return lists.map((parts) => (parts.length === 0 ? field.name : `${field.name}(${parts.join(', ')})`));
}

/** How a value of this name is written; none where nobody has said what it is, unless it is needed. */
function writings(name: string, type: GraphQLInputType, values: Values): readonly string[] {
  const known = values[name];
  if (known !== undefined)
    return known.map((value) => (getNamedType(type).name === 'Int' ? value : JSON.stringify(value)));
  if (isNonNullType(type)) {
    const inner = writings(name, type.ofType, values);
    return inner.length > 0 ? inner : [leastOf(type.ofType)];
  }
  if (isListType(type)) return [];
  if (!isInputObjectType(type)) return [];
  const fields = Object.values(type.getFields());
  const needed = fields.filter((field) => isNonNullType(field.type));
  const isGiven = (one: (typeof fields)[number]) =>
    !isNonNullType(one.type) && writings(one.name, one.type, values).length > 0;
  const combine = (some: typeof fields): string[] =>
    some
      .reduce<string[][]>(
        (all, one) =>
          all.flatMap((parts) =>
            writings(one.name, one.type, values).map((written) => [...parts, `${one.name}: ${written}`]),
          ),
        [[]],
      )
      .map((parts) => `{ ${parts.join(', ')} }`);
  const optional = fields.filter(isGiven);
  const base = needed.length > 0 ? combine(needed) : [];
  return [...base, ...optional.flatMap((one) => combine([...needed, one]))];
}

function leastOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return leastOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) return '{}';
  return type.name === 'Int' ? '1' : '"x"';
}

/** All that can be asked for of a type, as one selection; empty where there is nothing. */
function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, path: readonly string[]): string {
  if (!isCompositeType(type)) return '';
  const depth = path.filter((name) => !/(Connection|Edge)$/.test(name)).length;
  if (depth >= DEPTH || path.includes(type.name)) return '';
  if (isInterfaceType(type)) {
    const parts = schema.getPossibleTypes(type).map((one) => `... on ${one.name}${selectionOf(schema, one, path)}`);
    return ` { ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const parts = Object.values(type.getFields()).flatMap((field) => partOf(schema, field, [...path, type.name]));
  return parts.length === 0 ? '' : ` { ${parts.join(' ')} }`;
}

function partOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, path: readonly string[]): string[] {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return [field.name];
  if (field.name === 'edges' && path.length > 1) return [];
  if (field.args.some((argument) => isNonNullType(argument.type))) return [];
  const selection = selectionOf(schema, type, path);
  return selection === '' ? [] : [`${callsOf(field, {})[0]}${selection}`];
}
