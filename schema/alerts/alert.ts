import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Node } from '../node.ts';
import { DateTime } from '../scalars.ts';
import { AlertKind, Severity } from '../states.ts';

@ObjectType({
  implements: Node,
  description: 'Something people should know of until it is over. There is one open alert of a kind about one thing.',
})
export class Alert extends Node {
  @Field(() => AlertKind, { description: 'What it is about.' })
  declare readonly kind: AlertKind;

  @Field(() => Severity, { description: 'How much it matters.' })
  declare readonly severity: Severity;

  @Field(() => String, { description: 'What is wrong, as it was when it was opened.' })
  declare readonly message: string;

  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  declare readonly remedy: string | null;

  @Field(() => DateTime, { description: 'When it was opened.' })
  declare readonly openedAt: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was over; null while it is not.' })
  declare readonly resolvedAt: Date | null;
}
