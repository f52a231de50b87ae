import { type GraphQLSchema, getNamedType, isLeafType, isObjectType, type OperationDefinitionNode } from 'graphql';
import { readRootField } from '../../../resolvers/resume.ts';

/**
 * Whether what a subscription shows of an event is the event's own, as of lines of a log: no field of its type looks anything
 * up, so that the same event is answered in the same way at any time.
 */
export function isFixed(schema: GraphQLSchema, operation: OperationDefinitionNode): boolean {
  const root = readRootField(operation);
  const field = root === null ? undefined : schema.getSubscriptionType()?.getFields()[root.name.value];
  const type = field === undefined ? undefined : getNamedType(field.type);
  if (!isObjectType(type)) return false;
  return Object.values(type.getFields()).every(({ resolve, type: of }) => !resolve && isLeafType(getNamedType(of)));
}
