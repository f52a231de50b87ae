import 'reflect-metadata';
import { Field, Float, ObjectType } from 'type-graphql';
import { ReadinessStatus } from './states.ts';

@ObjectType({ description: 'How well an instance could be brought back now, from records alone.' })
export class Readiness {
  @Field(() => ReadinessStatus, { description: 'In one word.' })
  declare readonly status: ReadinessStatus;

  @Field(() => [String], { description: 'What is not as it should be, in words; empty when it is READY.' })
  declare readonly reasons: string[];

  @Field(() => Float, { nullable: true, description: 'How old the data of the newest image is; null without one.' })
  declare readonly dataAgeSeconds: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'How long bringing it back took, as the newest passed drill measured it.',
  })
  declare readonly recoverySeconds: number | null;
}
