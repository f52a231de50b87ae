import 'reflect-metadata';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import { Drill } from '../../schema/drill.ts';
import { Image } from '../../schema/image.ts';
import { Instance } from '../../schema/instance.ts';
import { Readiness } from '../../schema/readiness.ts';
import type { ApiContext } from '../context.ts';
import type { ReadinessRecord } from '../ports/alerts.ts';
import type { DrillRecord } from '../ports/drills.ts';

/** How well an instance could be brought back. */
@Resolver(() => Instance)
export class InstanceReadinessResolver {
  @FieldResolver(() => Readiness, { description: 'How well it could be brought back now, from records alone.' })
  async readiness(@Root() instance: InstanceRecord, @Ctx() { loaders }: ApiContext): Promise<ReadinessRecord | null> {
    return loaders.readiness.load(instance.id);
  }
}

/** What readiness leads to. */
@Resolver(() => Readiness)
export class ReadinessFieldResolver {
  @FieldResolver(() => Image, { nullable: true, description: 'The image whose data is the newest; null without one.' })
  async newestImage(
    @Root() { newestImageId }: ReadinessRecord,
    @Ctx() { loaders }: ApiContext,
  ): Promise<ImageRecord | null> {
    return newestImageId === null ? null : loaders.images.load(newestImageId);
  }

  @FieldResolver(() => Drill, { nullable: true, description: 'The newest drill of its images; null without one.' })
  async newestDrill(
    @Root() { newestDrillId }: ReadinessRecord,
    @Ctx() { loaders }: ApiContext,
  ): Promise<DrillRecord | null> {
    return newestDrillId === null ? null : loaders.drills.load(newestDrillId);
  }

  @FieldResolver(() => Drill, {
    nullable: true,
    description:
      'The newest drill of its images that PASSED or FAILED, whatever runs or was cancelled since; null without one.',
  })
  async lastVerdict(
    @Root() { lastVerdictId }: ReadinessRecord,
    @Ctx() { loaders }: ApiContext,
  ): Promise<DrillRecord | null> {
    return lastVerdictId === null ? null : loaders.drills.load(lastVerdictId);
  }
}
