import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What went wrong, and why.' })
export class Failure {
  @Field(() => String, {
    description:
      'For programs: NOT_FOUND, CONFLICT, INVALID_INPUT, UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE, STEP_FAILED, ' +
      'CANCELLED or INTERNAL; the same codes that errors carry.',
  })
  declare readonly code: string;

  @Field(() => String, { description: 'For people: the real cause in words, and what can be done about it.' })
  declare readonly message: string;

  @Field(() => String, { nullable: true, description: 'Name of the step in which it happened, where there was one.' })
  declare readonly step: string | null;
}
