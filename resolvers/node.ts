import 'reflect-metadata';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Node, type NodeTypeName } from '../schema/node.ts';
import type { ApiContext } from './context.ts';
import { readId } from './ids.ts';

/** The lookup over all types: one statement for each type that there is much of, and two more for what remains. */
@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: 'What has this id; null if nothing has it, or nothing that the caller may see.',
  })
  async node(
    @Ctx() { caller, loaders, services }: ApiContext,
    @Arg('id', () => ID, {
      description:
        'Any id that this API gave out for an instance, image, operation, schedule, alert, user or API token.',
    })
    text: string,
  ): Promise<{ readonly __typename: NodeTypeName } | null> {
    const id = readId(text);
    if (id === null) return null;
    const [instance, image, operation, schedule, alert] = await Promise.all([
      loaders.instances.load(id),
      loaders.images.load(id),
      loaders.operations.load(id),
      loaders.schedules.load(id),
      loaders.alerts.load(id),
    ]);
    if (instance !== null) return { __typename: 'Instance', ...instance };
    if (image !== null) return { __typename: 'Image', ...image };
    if (operation !== null) return { __typename: 'Operation', ...operation };
    if (schedule !== null) return { __typename: 'Schedule', ...schedule };
    if (alert !== null) return { __typename: 'Alert', ...alert };
    const [user, apiToken] = await Promise.all([
      services.accessQueries.user(caller, id),
      services.accessQueries.apiToken(caller, id),
    ]);
    if (user !== null) return { __typename: 'User', ...user };
    return apiToken === null ? null : { __typename: 'ApiToken', ...apiToken };
  }
}
