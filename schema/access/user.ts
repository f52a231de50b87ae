import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Label } from '../label.ts';
import { Node } from '../node.ts';
import { DateTime } from '../scalars.ts';
import { Role } from '../states.ts';

@ObjectType({ implements: Node, description: 'Somebody who can sign in.' })
export class User extends Node {
  @Field(() => String, { description: 'What they sign in with; in any case of its letters it is the same user.' })
  declare readonly username: string;

  @Field(() => Role, { description: 'What they may do.' })
  declare readonly role: Role;

  @Field(() => [Label], {
    description:
      'They see and touch only instances that carry all of these labels, with their images, operations, logs and ' +
      'alerts. Empty: everything.',
  })
  declare readonly scope: Label[];

  @Field(() => Boolean, { description: 'False: nobody can sign in as them, and their tokens are refused.' })
  declare readonly enabled: boolean;

  @Field(() => DateTime, { description: 'When they were made.' })
  declare readonly createdAt: Date;

  @Field(() => DateTime, { nullable: true, description: 'When they last signed in; null: never.' })
  declare readonly lastLoginAt: Date | null;
}
