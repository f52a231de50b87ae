import 'reflect-metadata';
import { Arg, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Node, type NodeTypeName } from '../schema/node.ts';
import type { Role } from '../schema/states.ts';
import type { ApiContext } from './context.ts';
import { readId } from './ids.ts';

/** The lookup over all types: one statement for each type, whichever type it turns out to be. */
@Resolver()
export class NodeResolver {
  @Authorized<Role>('VIEWER')
  @Query(() => Node, {
    nullable: true,
    description: 'The instance, image, operation or schedule with this id; null if none has it.',
  })
  async node(
    @Ctx() { loaders }: ApiContext,
    @Arg('id', () => ID, {
      description: 'Any id that this API gave out for an instance, image, operation or schedule.',
    })
    text: string,
  ): Promise<{ readonly __typename: NodeTypeName } | null> {
    const id = readId(text);
    if (id === null) return null;
    const [instance, image, operation, schedule] = await Promise.all([
      loaders.instances.load(id),
      loaders.images.load(id),
      loaders.operations.load(id),
      loaders.schedules.load(id),
    ]);
    if (instance !== null) return { __typename: 'Instance', ...instance };
    if (image !== null) return { __typename: 'Image', ...image };
    if (operation !== null) return { __typename: 'Operation', ...operation };
    return schedule === null ? null : { __typename: 'Schedule', ...schedule };
  }
}
