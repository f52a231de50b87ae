import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import { ImageConnection } from '../../schema/image-connection.ts';
import { Instance } from '../../schema/instance.ts';
import { Label } from '../../schema/label.ts';
import { Operation } from '../../schema/operation.ts';
import { checkPage } from '../../schema/rules/paging-rules.ts';
import { listNext, readRecurrence } from '../../schema/rules/recurrence.ts';
import { DateTime } from '../../schema/scalars.ts';
import { Schedule, ScheduleRun } from '../../schema/schedules/schedule.ts';
import { ScheduleRunConnection } from '../../schema/schedules/schedule-connection.ts';
import type { ApiContext } from '../context.ts';
import { BRIEF_IMAGE_FIELDS } from '../images/fields.ts';
import { listLabels } from '../labels.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readBriefPage, readPage } from '../paging.ts';
import type { OperationRecord } from '../ports/records.ts';
import type { ScheduleRecord, ScheduleRunRecord } from '../ports/schedules.ts';
import { AFTER, FIRST } from '../words.ts';

const NEXT_RUNS = 5;

/** What a schedule shows that is not a column of its record. */
@Resolver(() => Schedule)
export class ScheduleFieldResolver {
  @FieldResolver(() => [Label])
  selector(@Root() schedule: ScheduleRecord): Label[] {
    return listLabels(schedule.selector ?? {});
  }

  @FieldResolver(() => Instance, {
    nullable: true,
    description: 'The one instance that it takes images of; null for a schedule by labels, and once that is DELETED.',
  })
  async instance(@Root() schedule: ScheduleRecord, @Ctx() { loaders }: ApiContext): Promise<InstanceRecord | null> {
    const instance = schedule.instanceId === null ? null : await loaders.instances.load(schedule.instanceId);
    return instance?.state === 'DELETED' ? null : instance;
  }

  @FieldResolver(() => [DateTime], {
    description:
      'When it is due next, in order; none while it is disabled, and where its time zone is not known to this server.',
  })
  nextRunsAt(
    @Root() schedule: ScheduleRecord,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: NEXT_RUNS,
      description: 'How many at most, 1 to 100. Left out: 5.',
    })
    first: number | null,
  ): Date[] {
    const count = first ?? NEXT_RUNS;
    checkPage(count);
    const recurrence = schedule.enabled ? readRecurrence(schedule.cron, schedule.timeZone) : null;
    return recurrence === null ? [] : listNext(recurrence, new Date(), count);
  }

  @FieldResolver(() => ScheduleRunConnection, { description: 'What became of its times, what was due last first.' })
  async runs(
    @Info() info: GraphQLResolveInfo,
    @Root() schedule: ScheduleRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ): Promise<Connection<ScheduleRunRecord>> {
    const page = readPage(first, after, info);
    return buildConnection(await loaders.runsOfSchedule.load({ parentId: schedule.id, page }));
  }

  @FieldResolver(() => ImageConnection, { description: 'The images that it took, newest first, without DELETED ones.' })
  async images(
    @Info() info: GraphQLResolveInfo,
    @Root() schedule: ScheduleRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ): Promise<Connection<ImageRecord>> {
    const page = readBriefPage(first, after, info, BRIEF_IMAGE_FIELDS);
    return buildConnection(await loaders.imagesOfSchedule.load({ parentId: schedule.id, page }));
  }
}

/** What a run of a schedule shows that is not a column of its record. */
@Resolver(() => ScheduleRun)
export class ScheduleRunFieldResolver {
  @FieldResolver(() => [Operation], {
    description: 'The operations that it began, by the names of their instances; those that are pruned are left out.',
  })
  async operations(@Root() run: ScheduleRunRecord, @Ctx() { loaders }: ApiContext): Promise<OperationRecord[]> {
    const ids = await loaders.operationsOfRun.load(run.id);
    const operations = await Promise.all(ids.map((id) => loaders.operations.load(id)));
    return operations.filter((operation) => operation !== null);
  }
}
