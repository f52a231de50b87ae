import 'reflect-metadata';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Drill } from '../../schema/drill.ts';
import type { ApiContext } from '../context.ts';
import { readId } from '../ids.ts';
import type { DrillRecord } from '../ports/drills.ts';

/** Lookup of drills. */
@Resolver(() => Drill)
export class DrillQueryResolver {
  @Query(() => Drill, { nullable: true, description: 'The drill with this id; null if there is none.' })
  async drill(
    @Ctx() { loaders }: ApiContext,
    @Arg('id', () => ID, { description: 'As verifyImage answered it, or a list of drills.' }) id: string,
  ): Promise<DrillRecord | null> {
    const known = readId(id);
    return known === null ? null : loaders.drills.load(known);
  }
}
