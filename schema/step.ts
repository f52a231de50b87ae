import 'reflect-metadata';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Failure } from './failure.ts';
import { DateTime, SafeInt } from './scalars.ts';
import { StepState } from './states.ts';

@ObjectType({ description: 'How far a step is. What cannot be told yet is null.' })
export class Progress {
  @Field(() => Float, { nullable: true, description: '0 to 100; never falls while the step goes on.' })
  declare readonly percent: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes worked through.' })
  declare readonly bytesDone: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes to work through in all.' })
  declare readonly bytesTotal: number | null;

  @Field(() => Float, { nullable: true, description: 'Present rate in bytes a second.' })
  declare readonly bytesPerSecond: number | null;

  @Field(() => Int, { nullable: true, description: 'Seconds that remain at the present rate.' })
  declare readonly secondsLeft: number | null;

  @Field(() => String, { nullable: true, description: 'What is being worked on, such as "dumping public.orders".' })
  declare readonly message: string | null;
}

@ObjectType({ description: 'One step of an operation. All are there from the start.' })
export class Step {
  @Field(() => Int, { description: 'Its place among the steps, from 1.' })
  declare readonly position: number;

  @Field(() => String, { description: 'What it does, in a few words.' })
  declare readonly name: string;

  @Field(() => StepState, { description: 'PENDING until begun.' })
  declare readonly state: StepState;

  @Field(() => Int, { description: 'How many times it was begun; 0 before the first.' })
  declare readonly attempt: number;

  @Field(() => Progress, { nullable: true, description: 'How far it is, where it can tell.' })
  declare readonly progress: Progress | null;

  @Field(() => Failure, { nullable: true, description: 'Why it failed, or why its last attempt did.' })
  declare readonly failure: Failure | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was begun.' })
  declare readonly startedAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended, either way.' })
  declare readonly finishedAt: Date | null;
}
