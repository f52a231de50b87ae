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
} from 'graphql';

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

/** Every field of a root as a document of its own, with the least that it takes. */
export function listDocuments(root: GraphQLObjectType | null | undefined): [name: string, document: string][] {
  const fields = Object.values(root?.getFields() ?? {});
  return fields.map((field) => [field.name, `${root?.name.toLowerCase()} { ${writeCall(field)} }`]);
}
