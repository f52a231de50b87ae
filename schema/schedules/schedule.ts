import 'reflect-metadata';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Label } from '../label.ts';
import { Node } from '../node.ts';
import { DateTime } from '../scalars.ts';
import { ImageMethod, ScheduleRunState } from '../states.ts';

@ObjectType({
  description:
    'Which images of a schedule stay: one that any rule wants. Counted for each instance, by takenAt in the time zone of ' +
    'the schedule. The newest image that is AVAILABLE, and the newest proven one, always stay.',
})
export class Retention {
  @Field(() => Int, { nullable: true, description: 'The newest so many.' })
  declare readonly keepLast: number | null;

  @Field(() => Int, { nullable: true, description: 'All of the last so many days of 24 hours.' })
  declare readonly keepDays: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many hours that have one.' })
  declare readonly keepHourly: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many days that have one.' })
  declare readonly keepDaily: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The newest of each of the last so many weeks, from Monday on, that have one.',
  })
  declare readonly keepWeekly: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many months that have one.' })
  declare readonly keepMonthly: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many years that have one.' })
  declare readonly keepYearly: number | null;
}

@ObjectType({
  implements: Node,
  description: 'When images are taken by themselves, of which instances, and how long they stay.',
})
export class Schedule extends Node {
  @Field(() => String, { description: 'Its name; no other schedule has it.' })
  declare readonly name: string;

  @Field(() => Boolean, { description: 'While false, nothing is due. Its images are retained all the same.' })
  declare readonly enabled: boolean;

  @Field(() => String, { description: 'Minute, hour, day of the month, month, day of the week, as cron reads them.' })
  declare readonly cron: string;

  @Field(() => String, {
    description:
      'A time zone of the IANA database. What its clock shows twice runs the first time only; what it leaves out runs at ' +
      'the end of the gap; a schedule of every hour goes by the time that passes.',
  })
  declare readonly timeZone: string;

  @Field(() => [Label], {
    description:
      'All RUNNING instances with all of these labels, looked up at each run; with none every one. Empty also for a ' +
      'schedule of one instance.',
  })
  declare readonly selector: Label[];

  @Field(() => ImageMethod, { description: 'How its images are taken.' })
  declare readonly method: ImageMethod;

  @Field(() => Retention, { description: 'Which of its images stay.' })
  declare readonly retention: Retention;

  @Field(() => Int, {
    nullable: true,
    description: 'Every n-th image of an instance is proven by a drill; null: none.',
  })
  declare readonly drillEvery: number | null;

  @Field(() => Int, { description: 'How many of its images are under way at once.' })
  declare readonly concurrency: number;

  @Field(() => DateTime, { description: 'When it was made.' })
  declare readonly createdAt: Date;
}

@ObjectType({ description: 'A time at which a schedule was due, and what became of it.' })
export class ScheduleRun {
  @Field(() => ID, { description: 'A UUID.' })
  declare readonly id: string;

  @Field(() => DateTime, { description: 'When it was to begin; for runSchedule, when it was asked for.' })
  declare readonly dueAt: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it began; null for one that was SKIPPED.' })
  declare readonly startedAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was over.' })
  declare readonly finishedAt: Date | null;

  @Field(() => ScheduleRunState, { description: 'What became of it.' })
  declare readonly state: ScheduleRunState;

  @Field(() => String, { nullable: true, description: 'What is worth knowing, such as which images failed and why.' })
  declare readonly message: string | null;
}
