import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Label } from './label.ts';
import { Role } from './states.ts';

@ObjectType({ description: 'Who is asking.' })
export class Viewer {
  @Field(() => String, { description: 'Name of the user; operations record it as requestedBy.' })
  declare readonly name: string;

  @Field(() => Role, { description: 'What the user may do.' })
  declare readonly role: Role;

  @Field(() => [Label], {
    description:
      'The user sees only instances that carry all of these labels, and what belongs to them. Empty: everything.',
  })
  declare readonly scope: Label[];
}
