import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Schedule, ScheduleRun } from './schedule.ts';

@ObjectType({ description: 'A schedule that was made or changed.' })
export class SchedulePayload {
  @Field(() => Schedule, { description: 'The schedule as it now stands.' })
  declare readonly schedule: Schedule;
}

@ObjectType({ description: 'What runSchedule began.' })
export class RunSchedulePayload {
  @Field(() => Schedule, { description: 'The schedule as it stands.' })
  declare readonly schedule: Schedule;

  @Field(() => ScheduleRun, { description: 'The run that was begun.' })
  declare readonly run: ScheduleRun;
}
