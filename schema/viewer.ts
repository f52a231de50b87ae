import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Role } from './states.ts';

@ObjectType({ description: 'Who is asking.' })
export class Viewer {
  @Field(() => String, { description: 'Name of the user; operations record it as requestedBy.' })
  declare readonly name: string;

  @Field(() => Role, { description: 'What the user may do.' })
  declare readonly role: Role;
}
