import 'reflect-metadata';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { ImageRecord } from '../../jobs/ports/records.ts';
import { Drill } from '../../schema/drill.ts';
import { Image } from '../../schema/image.ts';
import { Operation } from '../../schema/operation.ts';
import { checkPage } from '../../schema/rules/paging-rules.ts';
import type { ApiContext } from '../context.ts';
import { DEFAULT_FIRST } from '../paging.ts';
import type { DrillRecord } from '../ports/drills.ts';
import type { OperationRecord } from '../ports/records.ts';
import { FIRST } from '../words.ts';

/** What a drill leads to. */
@Resolver(() => Drill)
export class DrillFieldResolver {
  @FieldResolver(() => Image, { description: 'The image that it proves or does not.' })
  async image(@Root() drill: DrillRecord, @Ctx() { loaders }: ApiContext): Promise<ImageRecord | null> {
    return loaders.images.load(drill.imageId);
  }

  @FieldResolver(() => Operation, { description: 'What does the work; its steps say how far it is.' })
  async operation(@Root() drill: DrillRecord, @Ctx() { loaders }: ApiContext): Promise<OperationRecord | null> {
    return loaders.operations.load(drill.operationId);
  }
}

/** The drills of an image. */
@Resolver(() => Image)
export class DrillsOfImageResolver {
  @FieldResolver(() => [Drill], { description: 'The drills of it, newest first.' })
  async drills(
    @Root() image: ImageRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
  ): Promise<readonly DrillRecord[]> {
    const length = first ?? DEFAULT_FIRST;
    checkPage(length);
    return loaders.drillsOfImage.load({ parentId: image.id, first: length });
  }

  @FieldResolver(() => Drill, {
    nullable: true,
    description:
      'The newest drill of it that PASSED or FAILED, whatever runs or was cancelled since; null without one.',
  })
  async lastVerdict(@Root() image: ImageRecord, @Ctx() { loaders }: ApiContext): Promise<DrillRecord | null> {
    return loaders.verdictOfImage.load(image.id);
  }
}
