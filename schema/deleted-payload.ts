import 'reflect-metadata';
import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What was deleted.' })
export class DeletedPayload {
  @Field(() => ID, { description: 'The id that it had.' })
  declare readonly id: string;
}
