import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Query, Resolver } from 'type-graphql';
import { OperationFilter } from '../../schema/filters.ts';
import { Operation } from '../../schema/operation.ts';
import { OperationConnection } from '../../schema/operation-connection.ts';
import type { ApiContext } from '../context.ts';
import { readId } from '../ids.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, EMPTY_PAGE, readPage } from '../paging.ts';
import type { OperationRecord } from '../ports/records.ts';
import type { Services } from '../services.ts';
import { AFTER, FIRST } from '../words.ts';

/** Lookup and list of operations. */
@Resolver()
export class OperationQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => Operation, { nullable: true, description: 'The operation with this id; null if there is none.' })
  async operation(
    @Ctx() { loaders }: ApiContext,
    @Arg('id', () => ID, { description: 'What a mutation answered.' }) id: string,
  ): Promise<OperationRecord | null> {
    const known = readId(id);
    return known === null ? null : loaders.operations.load(known);
  }

  @Query(() => OperationConnection, { description: 'Operations, newest first.' })
  async operations(
    @Info() info: GraphQLResolveInfo,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
    @Arg('filter', () => OperationFilter, { nullable: true, description: 'Which of them.' })
    filter?: OperationFilter | null,
  ): Promise<Connection<OperationRecord>> {
    const page = readPage(first, after, info);
    const criteria = filter ?? {};
    const instanceId = criteria.instanceId == null ? null : readId(criteria.instanceId);
    const imageId = criteria.imageId == null ? null : readId(criteria.imageId);
    const matchesNothing =
      (criteria.instanceId != null && instanceId === null) || (criteria.imageId != null && imageId === null);
    if (matchesNothing) return buildConnection(EMPTY_PAGE);
    return buildConnection(await this.#services.operationQueries.page({ ...criteria, instanceId, imageId }, page));
  }
}
