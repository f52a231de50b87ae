import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Query, Resolver } from 'type-graphql';
import type { InstanceRecord } from '../../jobs/ports/records.ts';
import { InstanceFilter } from '../../schema/filters.ts';
import { Instance } from '../../schema/instance.ts';
import { InstanceConnection } from '../../schema/instance-connection.ts';
import { checkFilter } from '../../schema/rules/filter-rules.ts';
import type { ApiContext } from '../context.ts';
import { readId } from '../ids.ts';
import { readLabels } from '../labels.ts';
import { readLookup } from '../lookup.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readPage } from '../paging.ts';
import type { Services } from '../services.ts';
import { AFTER, FIRST } from '../words.ts';

/** Lookup and list of instances. */
@Resolver()
export class InstanceQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => Instance, {
    nullable: true,
    description: 'The instance with this id or name, exactly one of them given; null if there is none.',
  })
  async instance(
    @Ctx() { loaders }: ApiContext,
    @Arg('id', () => ID, { nullable: true, description: 'Finds it also when it is DELETED.' }) id?: string | null,
    @Arg('name', () => String, {
      nullable: true,
      description: 'Finds its present holder; one that is FAILED or DELETED is found by its id.',
    })
    name?: string | null,
  ): Promise<InstanceRecord | null> {
    const lookup = readLookup(id, name);
    if (lookup.by === 'name') return this.#services.instanceQueries.byName(lookup.name);
    const known = readId(lookup.id);
    return known === null ? null : loaders.instances.load(known);
  }

  @Query(() => InstanceConnection, { description: 'Instances, newest first.' })
  async instances(
    @Info() info: GraphQLResolveInfo,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
    @Arg('filter', () => InstanceFilter, { nullable: true, description: 'Which of them.' })
    filter?: InstanceFilter | null,
  ): Promise<Connection<InstanceRecord>> {
    const page = readPage(first, after, info);
    const criteria = filter ?? {};
    checkFilter(criteria);
    const labels = readLabels(criteria.labels);
    return buildConnection(await this.#services.instanceQueries.page({ ...criteria, labels }, page));
  }
}
