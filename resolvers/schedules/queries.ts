import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Query, Resolver } from 'type-graphql';
import { Schedule } from '../../schema/schedules/schedule.ts';
import { ScheduleConnection } from '../../schema/schedules/schedule-connection.ts';
import type { ApiContext } from '../context.ts';
import { readId } from '../ids.ts';
import { readLookup } from '../lookup.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readPage } from '../paging.ts';
import type { ScheduleRecord } from '../ports/schedules.ts';
import type { Services } from '../services.ts';
import { AFTER, FIRST } from '../words.ts';

/** Lookup and list of schedules. */
@Resolver()
export class ScheduleQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => Schedule, {
    nullable: true,
    description: 'The schedule with this id or name, exactly one of them given; null if there is none.',
  })
  async schedule(
    @Ctx() { loaders }: ApiContext,
    @Arg('id', () => ID, { nullable: true, description: 'Its id.' }) id?: string | null,
    @Arg('name', () => String, { nullable: true, description: 'Its name.' }) name?: string | null,
  ): Promise<ScheduleRecord | null> {
    const lookup = readLookup(id, name);
    if (lookup.by === 'name') return this.#services.scheduleQueries.byName(lookup.name);
    const known = readId(lookup.id);
    return known === null ? null : loaders.schedules.load(known);
  }

  @Query(() => ScheduleConnection, { description: 'Schedules, newest first.' })
  async schedules(
    @Info() info: GraphQLResolveInfo,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ): Promise<Connection<ScheduleRecord>> {
    return buildConnection(await this.#services.scheduleQueries.page(readPage(first, after, info)));
  }
}
