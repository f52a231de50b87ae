import 'reflect-metadata';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Actor } from '../actor.ts';
import { DateTime } from '../scalars.ts';
import { AuditOutcome, AuditTargetKind } from '../states.ts';

@ObjectType({ description: 'What somebody did, or tried to do. Entries are never changed and never removed.' })
export class AuditEntry {
  @Field(() => ID, { description: 'Its id.' })
  declare readonly id: string;

  @Field(() => DateTime, { description: 'When it was over.' })
  declare readonly at: Date;

  @Field(() => Actor, { nullable: true, description: 'Who; null for who could not prove to be anybody.' })
  declare readonly actor: Actor | null;

  @Field(() => String, { nullable: true, description: 'The network address that it came from, where that is known.' })
  declare readonly address: string | null;

  @Field(() => String, { description: 'Name of the mutation, or login, logout, readCredentials.' })
  declare readonly action: string;

  @Field(() => ID, {
    nullable: true,
    description: 'What it was done to, or what was made; null where there is no such.',
  })
  declare readonly target: string | null;

  @Field(() => AuditTargetKind, {
    nullable: true,
    description: 'What `target` is the id of, also where that is gone; null where there is none.',
  })
  declare readonly targetKind: AuditTargetKind | null;

  @Field(() => AuditOutcome, { description: 'What came of it.' })
  declare readonly outcome: AuditOutcome;

  @Field(() => String, { nullable: true, description: 'The code of the error; null for what was allowed.' })
  declare readonly code: string | null;

  @Field(() => String, { nullable: true, description: 'What else there is to know.' })
  declare readonly detail: string | null;
}

@InputType({ description: 'Which entries; what is left out or empty asks for any.' })
export class AuditFilter {
  @Field(() => String, { nullable: true, description: 'The whole name of the actor.' })
  declare readonly actorName?: string | null;

  @Field(() => [String], { nullable: true, description: 'Any of these actions.' })
  declare readonly action?: string[] | null;

  @Field(() => [AuditOutcome], { nullable: true, description: 'Any of these outcomes.' })
  declare readonly outcome?: AuditOutcome[] | null;

  @Field(() => ID, { nullable: true, description: 'What it was done to.' })
  declare readonly target?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Later than this.' })
  declare readonly after?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Earlier than this.' })
  declare readonly before?: Date | null;
}
