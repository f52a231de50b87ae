import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Info, Int, Query, Resolver } from 'type-graphql';
import { Alert } from '../../schema/alerts/alert.ts';
import { AlertConnection } from '../../schema/alerts/alert-connection.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readPage } from '../paging.ts';
import type { AlertRecord } from '../ports/alerts.ts';
import type { Services } from '../services.ts';
import { AFTER, FIRST } from '../words.ts';

/** The list of alerts. */
@Resolver(() => Alert)
export class AlertQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => AlertConnection, { description: 'Alerts, those that were opened last first.' })
  async alerts(
    @Info() info: GraphQLResolveInfo,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
    @Arg('open', () => Boolean, {
      nullable: true,
      description: 'True: only those that are not over; false: only those that are. Left out: all.',
    })
    open?: boolean | null,
  ): Promise<Connection<AlertRecord>> {
    return buildConnection(await this.#services.alertQueries.page(open ?? null, readPage(first, after, info)));
  }
}
