import 'reflect-metadata';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime } from './scalars.ts';

@ObjectType({ description: 'A line that a job or a server wrote.' })
export class LogLine {
  @Field(() => ID, { nullable: true, description: 'The job that wrote it; null for a line of a server.' })
  declare readonly jobId: string | null;

  @Field(() => Int, { description: 'Its number, from 1 over all attempts.' })
  declare readonly line: number;

  @Field(() => Int, { nullable: true, description: 'The attempt of the job that wrote it, from 1.' })
  declare readonly attempt: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was written, where that is known.' })
  declare readonly at: Date | null;

  @Field(() => String, { description: 'The line without its end.' })
  declare readonly text: string;
}
