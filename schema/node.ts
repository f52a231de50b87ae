import 'reflect-metadata';
import { Field, ID, InterfaceType } from 'type-graphql';

/** The GraphQL type names of what can be looked up by id alone. */
export type NodeTypeName = 'Instance' | 'Image' | 'Operation' | 'Schedule' | 'Alert' | 'User' | 'ApiToken';

@InterfaceType({
  description: 'Anything that has an id of its own and can be looked up by it.',
  resolveType: ({ __typename }: { readonly __typename: NodeTypeName }) => __typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'A UUID, unique over all types; it never changes.' })
  declare readonly id: string;
}
