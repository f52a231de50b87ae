import 'reflect-metadata';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime } from './scalars.ts';
import { JobState } from './states.ts';

@ObjectType({ description: 'A backup, restore or verify job that an operation ran on the platform.' })
export class Job {
  @Field(() => ID, { description: 'A UUID; jobLogs follows it.' })
  declare readonly id: string;

  @Field(() => String, { description: 'What the platform calls it.' })
  declare readonly name: string;

  @Field(() => JobState, { description: 'How it stands over all its attempts.' })
  declare readonly state: JobState;

  @Field(() => Int, { description: 'How many times it was started.' })
  declare readonly attempts: number;

  @Field(() => Int, { nullable: true, description: 'Exit status of its last attempt; null while it runs.' })
  declare readonly exitCode: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When its first attempt began.' })
  declare readonly startedAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended for good.' })
  declare readonly finishedAt: Date | null;
}
