import 'reflect-metadata';
import { Field, ID, InputType, Int } from 'type-graphql';
import { IDEMPOTENCY_KEY } from '../idempotency.ts';
import { LabelInput } from '../label.ts';
import { ImageMethod } from '../states.ts';

const NAME =
  'At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use.';
const CRON = 'Five fields: minute, hour, day of the month, month, day of the week. "0 3 * * *" is every day at 3.';
const SELECTOR = 'Labels that an instance must carry; an empty list takes every instance. Looked up at each run.';
const DRILL_EVERY = 'Every n-th image of an instance is proven by a drill, 1 to 1000. Null: none.';

@InputType({
  description: 'Which images stay: at least one rule, each a whole number from 1 on. One that is left out wants none.',
})
export class RetentionInput {
  @Field(() => Int, { nullable: true, description: 'The newest so many.' })
  declare readonly keepLast?: number | null;

  @Field(() => Int, { nullable: true, description: 'All of the last so many days of 24 hours.' })
  declare readonly keepDays?: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many hours that have one.' })
  declare readonly keepHourly?: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many days that have one.' })
  declare readonly keepDaily?: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many weeks that have one.' })
  declare readonly keepWeekly?: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many months that have one.' })
  declare readonly keepMonthly?: number | null;

  @Field(() => Int, { nullable: true, description: 'The newest of each of the last so many years that have one.' })
  declare readonly keepYearly?: number | null;
}

@InputType({ description: 'A new schedule: of all instances with some labels, or of one.' })
export class CreateScheduleInput {
  @Field(() => String, { description: NAME })
  declare readonly name: string;

  @Field(() => String, { description: CRON })
  declare readonly cron: string;

  @Field(() => String, { nullable: true, description: 'A name of the IANA database, "Europe/Berlin". Left out: UTC.' })
  declare readonly timeZone?: string | null;

  @Field(() => [LabelInput], { nullable: true, description: `${SELECTOR} Left out: instanceId has to be given.` })
  declare readonly selector?: LabelInput[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The one instance to take images of. Left out: those of the selector.',
  })
  declare readonly instanceId?: string | null;

  @Field(() => ImageMethod, {
    nullable: true,
    description:
      'How to take them. Left out: as the server is set up to take images, LOGICAL unless it says otherwise.',
  })
  declare readonly method?: ImageMethod | null;

  @Field(() => RetentionInput, { description: 'Which of its images stay.' })
  declare readonly retention: RetentionInput;

  @Field(() => Int, { nullable: true, description: `${DRILL_EVERY} Left out: none.` })
  declare readonly drillEvery?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many images are under way at once, 1 to 100. Left out: 4.' })
  declare readonly concurrency?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether anything is due. Left out: true.' })
  declare readonly enabled?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({
  description: 'Changes of a schedule; what is left out stays as it is. A run under way goes on as it began.',
})
export class UpdateScheduleInput {
  @Field(() => ID, { description: 'The schedule to change.' })
  declare readonly scheduleId: string;

  @Field(() => String, { nullable: true, description: NAME })
  declare readonly name?: string | null;

  @Field(() => String, { nullable: true, description: CRON })
  declare readonly cron?: string | null;

  @Field(() => String, { nullable: true, description: 'A name of the IANA database, "Europe/Berlin".' })
  declare readonly timeZone?: string | null;

  @Field(() => [LabelInput], { nullable: true, description: `${SELECTOR} Not for a schedule of one instance.` })
  declare readonly selector?: LabelInput[] | null;

  @Field(() => ImageMethod, { nullable: true, description: 'How to take its images.' })
  declare readonly method?: ImageMethod | null;

  @Field(() => RetentionInput, { nullable: true, description: 'All its rules from now on.' })
  declare readonly retention?: RetentionInput | null;

  @Field(() => Int, { nullable: true, description: DRILL_EVERY })
  declare readonly drillEvery?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many images are under way at once, 1 to 100.' })
  declare readonly concurrency?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether anything is due from now on.' })
  declare readonly enabled?: boolean | null;
}

@InputType({ description: 'Which schedule to delete. Its images stay, and nothing deletes them by itself any more.' })
export class DeleteScheduleInput {
  @Field(() => ID, { description: 'The schedule to delete.' })
  declare readonly scheduleId: string;
}

@InputType({ description: 'Which schedule to run now, beside its own times.' })
export class RunScheduleInput {
  @Field(() => ID, { description: 'The schedule to run; it may be disabled.' })
  declare readonly scheduleId: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}
