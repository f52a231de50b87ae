import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../page-info.ts';
import { Schedule, ScheduleRun } from './schedule.ts';

@ObjectType({ description: 'A schedule in a list, with its place.' })
export class ScheduleEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => Schedule, { description: 'The schedule itself.' })
  declare readonly node: Schedule;
}

@ObjectType({ description: 'A page of schedules, newest first.' })
export class ScheduleConnection {
  @Field(() => [ScheduleEdge], { description: 'The schedules of this page with their cursors.' })
  declare readonly edges: ScheduleEdge[];

  @Field(() => [Schedule], { description: 'The schedules of this page.' })
  declare readonly nodes: Schedule[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many schedules the whole list has.' })
  declare readonly totalCount: number;
}

@ObjectType({ description: 'A run in a list, with its place.' })
export class ScheduleRunEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => ScheduleRun, { description: 'The run itself.' })
  declare readonly node: ScheduleRun;
}

@ObjectType({ description: 'A page of runs, newest first.' })
export class ScheduleRunConnection {
  @Field(() => [ScheduleRunEdge], { description: 'The runs of this page with their cursors.' })
  declare readonly edges: ScheduleRunEdge[];

  @Field(() => [ScheduleRun], { description: 'The runs of this page.' })
  declare readonly nodes: ScheduleRun[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many runs the whole list has.' })
  declare readonly totalCount: number;
}
