import 'reflect-metadata';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Actor } from './actor.ts';
import { Failure } from './failure.ts';
import { Finding } from './finding.ts';
import { Node } from './node.ts';
import { DateTime } from './scalars.ts';
import { OperationKind, OperationState } from './states.ts';
import { Step } from './step.ts';

@ObjectType({
  implements: Node,
  description: 'A piece of work that a mutation asked for. It goes on whatever becomes of the client or a server.',
})
export class Operation extends Node {
  @Field(() => OperationKind, { description: 'What it does.' })
  declare readonly kind: OperationKind;

  @Field(() => String, { description: 'Version of the workflow it was begun with and keeps to its end.' })
  declare readonly workflowVersion: string;

  @Field(() => OperationState, { description: 'How it stands.' })
  declare readonly state: OperationState;

  @Field(() => Float, {
    description: '0 to 100, weighted over the steps; falls only when the operation is retried.',
  })
  declare readonly percent: number;

  @Field(() => [Step], { description: 'All its steps in order; those that were not needed end SKIPPED.' })
  declare readonly steps: Step[];

  @Field(() => [String], { description: 'What it found worth saying while it ran, in words; mostly empty.' })
  declare readonly notices: string[];

  @Field(() => [Finding], { description: 'What it found that is not, or will not be, as it was on the source.' })
  declare readonly findings: Finding[];

  @Field(() => String, { description: 'Name of who asked for it.' })
  declare readonly requestedBy: string;

  @Field(() => Actor, { description: 'Who asked for it.' })
  declare readonly actor: Actor;

  @Field(() => Actor, { nullable: true, description: 'Who cancelled it, if somebody did.' })
  declare readonly cancelledBy: Actor | null;

  @Field(() => Failure, { nullable: true, description: 'Why it failed or is being taken back.' })
  declare readonly failure: Failure | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  declare readonly createdAt: Date;

  @Field(() => DateTime, { nullable: true, description: 'When a worker first took it.' })
  declare readonly startedAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was over; null again while it is retried.' })
  declare readonly finishedAt: Date | null;
}

@ObjectType({ description: 'A change of an operation. Replayed later, it says the same.' })
export class OperationEvent {
  @Field(() => Int, {
    description: '1, 2, 3 ... within its operation, without gap or duplicate; give the last one as `after` to go on.',
  })
  declare readonly sequence: number;

  @Field(() => DateTime, { description: 'When it happened.' })
  declare readonly at: Date;

  @Field(() => OperationState, { description: 'State of the operation as of this event.' })
  declare readonly state: OperationState;

  @Field(() => Float, { description: 'Percent of the operation as of this event, 0 to 100.' })
  declare readonly percent: number;

  @Field(() => Step, { nullable: true, description: 'The step that changed, as of this event; null if none did.' })
  declare readonly step: Step | null;
}
