import 'reflect-metadata';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import { Alert } from '../../schema/alerts/alert.ts';
import { Image } from '../../schema/image.ts';
import { Instance } from '../../schema/instance.ts';
import { Operation } from '../../schema/operation.ts';
import { Schedule } from '../../schema/schedules/schedule.ts';
import type { ApiContext } from '../context.ts';
import type { AlertRecord } from '../ports/alerts.ts';
import type { OperationRecord } from '../ports/records.ts';
import type { ScheduleRecord } from '../ports/schedules.ts';

/** What an alert is about. */
@Resolver(() => Alert)
export class AlertFieldResolver {
  @FieldResolver(() => Instance, { nullable: true, description: 'The instance that it is about, if it is about one.' })
  async instance(@Root() alert: AlertRecord, @Ctx() { loaders }: ApiContext): Promise<InstanceRecord | null> {
    return alert.instanceId === null ? null : loaders.instances.load(alert.instanceId);
  }

  @FieldResolver(() => Image, { nullable: true, description: 'The image that it is about, if it is about one.' })
  async image(@Root() alert: AlertRecord, @Ctx() { loaders }: ApiContext): Promise<ImageRecord | null> {
    return alert.imageId === null ? null : loaders.images.load(alert.imageId);
  }

  @FieldResolver(() => Schedule, { nullable: true, description: 'The schedule that it is about, if it is about one.' })
  async schedule(@Root() alert: AlertRecord, @Ctx() { loaders }: ApiContext): Promise<ScheduleRecord | null> {
    return alert.scheduleId === null ? null : loaders.schedules.load(alert.scheduleId);
  }

  @FieldResolver(() => Operation, { nullable: true, description: 'The operation that failed, if one did.' })
  async operation(@Root() alert: AlertRecord, @Ctx() { loaders }: ApiContext): Promise<OperationRecord | null> {
    return alert.operationId === null ? null : loaders.operations.load(alert.operationId);
  }
}
