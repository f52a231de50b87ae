import 'reflect-metadata';
import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import { Alert } from '../../schema/alerts/alert.ts';
import { Change } from '../../schema/change.ts';
import { Image } from '../../schema/image.ts';
import { Instance } from '../../schema/instance.ts';
import { Operation } from '../../schema/operation.ts';
import { Schedule } from '../../schema/schedules/schedule.ts';
import type { AlertRecord } from '../ports/alerts.ts';
import type { ChangeRecord, OperationRecord } from '../ports/records.ts';
import type { ScheduleRecord } from '../ports/schedules.ts';

/** The record of a change if it is of this noun. */
function recordOf<T>({ noun, record }: ChangeRecord, wanted: string): T | null {
  return noun === wanted ? (record as T) : null;
}

/** What has changed. A further noun is one field here and one line where the streams are made. */
@Resolver(() => Change)
export class ChangeFieldResolver {
  @FieldResolver(() => Instance, { nullable: true, description: 'The instance that changed.' })
  instance(@Root() change: ChangeRecord): InstanceRecord | null {
    return recordOf(change, 'instance');
  }

  @FieldResolver(() => Image, { nullable: true, description: 'The image that changed.' })
  image(@Root() change: ChangeRecord): ImageRecord | null {
    return recordOf(change, 'image');
  }

  @FieldResolver(() => Operation, { nullable: true, description: 'The operation that changed.' })
  operation(@Root() change: ChangeRecord): OperationRecord | null {
    return recordOf(change, 'operation');
  }

  @FieldResolver(() => Schedule, { nullable: true, description: 'The schedule that changed, or of which a run did.' })
  schedule(@Root() change: ChangeRecord): ScheduleRecord | null {
    return recordOf(change, 'schedule');
  }

  @FieldResolver(() => Alert, { nullable: true, description: 'The alert that was opened or is over.' })
  alert(@Root() change: ChangeRecord): AlertRecord | null {
    return recordOf(change, 'alert');
  }
}
