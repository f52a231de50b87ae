import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Actor } from '../actor.ts';
import { Label } from '../label.ts';
import { Node } from '../node.ts';
import { DateTime } from '../scalars.ts';
import { Role } from '../states.ts';

@ObjectType({
  implements: Node,
  description: 'A token for a program. It is never worth more than the user who made it may do at the moment.',
})
export class ApiToken extends Node {
  @Field(() => String, { description: 'What it is for.' })
  declare readonly name: string;

  @Field(() => Role, { description: 'What it may do at the most.' })
  declare readonly role: Role;

  @Field(() => [Label], { description: 'It sees only instances that carry all of these labels. Empty: everything.' })
  declare readonly scope: Label[];

  @Field(() => String, { description: 'How the token begins, to tell it from others. The rest is shown once only.' })
  declare readonly prefix: string;

  @Field(() => Actor, { description: 'Who made it.' })
  declare readonly createdBy: Actor;

  @Field(() => DateTime, { description: 'When it was made.' })
  declare readonly createdAt: Date;

  @Field(() => DateTime, { nullable: true, description: 'From when on it is refused; null: never by time.' })
  declare readonly expiresAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was last used, to the minute; null: never.' })
  declare readonly lastUsedAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was revoked; null: it was not.' })
  declare readonly revokedAt: Date | null;
}
