import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Query, Resolver } from 'type-graphql';
import type { ImageRecord } from '../../jobs/ports/records.ts';
import { ImageFilter } from '../../schema/filters.ts';
import { Image } from '../../schema/image.ts';
import { ImageConnection } from '../../schema/image-connection.ts';
import { checkFilter } from '../../schema/rules/filter-rules.ts';
import type { ApiContext } from '../context.ts';
import { readId, readOptionalId } from '../ids.ts';
import { readLabels } from '../labels.ts';
import { readLookup } from '../lookup.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, EMPTY_PAGE, readPage } from '../paging.ts';
import type { Services } from '../services.ts';
import { AFTER, FIRST } from '../words.ts';

/** Lookup and list of images. */
@Resolver()
export class ImageQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => Image, {
    nullable: true,
    description: 'The image with this id or name, exactly one of them given; null if there is none.',
  })
  async image(
    @Ctx() { loaders }: ApiContext,
    @Arg('id', () => ID, { nullable: true, description: 'Finds it also when it is DELETED.' }) id?: string | null,
    @Arg('name', () => String, {
      nullable: true,
      description: 'Finds its present holder; one that is FAILED or DELETED is found by its id.',
    })
    name?: string | null,
  ): Promise<ImageRecord | null> {
    const lookup = readLookup(id, name);
    if (lookup.by === 'name') return this.#services.imageQueries.byName(lookup.name);
    const known = readId(lookup.id);
    return known === null ? null : loaders.images.load(known);
  }

  @Query(() => ImageConnection, { description: 'Images, newest first.' })
  async images(
    @Info() info: GraphQLResolveInfo,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
    @Arg('filter', () => ImageFilter, { nullable: true, description: 'Which of them.' }) filter?: ImageFilter | null,
  ): Promise<Connection<ImageRecord>> {
    const page = readPage(first, after, info);
    const criteria = filter ?? {};
    checkFilter(criteria);
    const sourceInstanceId = readOptionalId(criteria.sourceInstanceId);
    const scheduleId = readOptionalId(criteria.scheduleId);
    if (sourceInstanceId === 'none' || scheduleId === 'none') return buildConnection(EMPTY_PAGE);
    const labels = readLabels(criteria.labels);
    const ids = { sourceInstanceId, scheduleId };
    return buildConnection(await this.#services.imageQueries.page({ ...criteria, ...ids, labels }, page));
  }
}
