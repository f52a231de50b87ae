import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import { Image, ImageFile } from '../../schema/image.ts';
import { Instance } from '../../schema/instance.ts';
import { Label } from '../../schema/label.ts';
import { OperationConnection } from '../../schema/operation-connection.ts';
import { Schedule } from '../../schema/schedules/schedule.ts';
import type { ApiContext } from '../context.ts';
import { listLabels } from '../labels.ts';
import { BRIEF_OPERATION_FIELDS } from '../operations/fields.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readBriefPage } from '../paging.ts';
import { BRIEF_IMAGE } from '../ports/brief.ts';
import type { ImageFileRecord, OperationRecord } from '../ports/records.ts';
import type { ScheduleRecord } from '../ports/schedules.ts';
import { AFTER, FIRST } from '../words.ts';

/** The fields of an image that need no more of it than a brief row has. */
export const BRIEF_IMAGE_FIELDS: ReadonlySet<string> = new Set([
  ...BRIEF_IMAGE,
  ...['__typename', 'files', 'sourceInstance', 'schedule', 'operations', 'drills', 'lastVerdict'],
]);

/** What an image shows that is not a column of its record. */
@Resolver(() => Image)
export class ImageFieldResolver {
  @FieldResolver(() => [Label])
  labels(@Root() image: ImageRecord): Label[] {
    return listLabels(image.labels);
  }

  @FieldResolver(() => [ImageFile])
  async files(@Root() image: ImageRecord, @Ctx() { loaders }: ApiContext): Promise<readonly ImageFileRecord[]> {
    return loaders.imageFiles.load(image.id);
  }

  @FieldResolver(() => Instance, {
    nullable: true,
    description: 'The instance it was taken of; null once that is DELETED. The image lives on.',
  })
  async sourceInstance(@Root() image: ImageRecord, @Ctx() { loaders }: ApiContext): Promise<InstanceRecord | null> {
    const instance = await loaders.instances.load(image.sourceInstanceId);
    return instance?.state === 'DELETED' ? null : instance;
  }

  @FieldResolver(() => Schedule, {
    nullable: true,
    description: 'The schedule that took it; null for one taken by hand, and once that schedule is deleted.',
  })
  async schedule(@Root() image: ImageRecord, @Ctx() { loaders }: ApiContext): Promise<ScheduleRecord | null> {
    return image.scheduleId === null ? null : loaders.schedules.load(image.scheduleId);
  }

  @FieldResolver(() => OperationConnection, { description: 'What was done to it or with it, newest first.' })
  async operations(
    @Info() info: GraphQLResolveInfo,
    @Root() image: ImageRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ): Promise<Connection<OperationRecord>> {
    const page = readBriefPage(first, after, info, BRIEF_OPERATION_FIELDS);
    return buildConnection(await loaders.operationsOfImage.load({ parentId: image.id, page }));
  }
}
