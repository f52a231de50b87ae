import 'reflect-metadata';
import { Field, ID, ObjectType } from 'type-graphql';
import { ActorKind } from './states.ts';

@ObjectType({ description: 'Who did something.' })
export class Actor {
  @Field(() => ActorKind, { description: 'What it is.' })
  declare readonly kind: ActorKind;

  @Field(() => ID, {
    nullable: true,
    description: 'Its id; null for the administrator of the configuration and for Toygres itself.',
  })
  declare readonly id: string | null;

  @Field(() => String, { description: 'Its name when it did so.' })
  declare readonly name: string;
}
