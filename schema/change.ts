import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A change of one record: exactly one of the nouns is given, as it stands now.' })
export class Change {
  @Field(() => String, {
    description: 'Its place among all changes; give the last one as `after` to go on. Good for a day at least.',
  })
  declare readonly cursor: string;
}
