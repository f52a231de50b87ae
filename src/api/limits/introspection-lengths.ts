import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** How long the lists are by which a schema shows itself, by the field of `__Schema`, `__Type` or `__Field` that shows them. */
export type IntrospectionLengths = Readonly<Record<string, number>>;

const known = new WeakMap<GraphQLSchema, IntrospectionLengths>();

function mean(lengths: readonly number[]): number {
  return lengths.length === 0
    ? 1
    : Math.max(1, Math.ceil(lengths.reduce((sum, each) => sum + each, 0) / lengths.length));
}

/** All types once, and of each kind of list the mean over those that have one. */
export function readIntrospectionLengths(schema: GraphQLSchema): IntrospectionLengths {
  const kept = known.get(schema);
  if (kept !== undefined) return kept;
  const types = Object.values(schema.getTypeMap());
  const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = composite.map((type) => Object.values(type.getFields()));
  const lengths = {
    types: types.length,
    directives: schema.getDirectives().length,
    fields: mean(fields.map((each) => each.length)),
    args: mean(fields.flat().map((field) => field.args.length)),
    inputFields: mean(types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()).length)),
    enumValues: mean(types.filter(isEnumType).map((type) => type.getValues().length)),
    interfaces: 1,
    possibleTypes: mean(types.filter(isInterfaceType).map((type) => schema.getPossibleTypes(type).length)),
  };
  known.set(schema, lengths);
  return lengths;
}
