import 'reflect-metadata';
import { Field, Float, ObjectType } from 'type-graphql';
import { DateTime } from './scalars.ts';
import { HealthStatus } from './states.ts';

@ObjectType({ description: 'One look at a running instance: a real connection with the recorded password.' })
export class HealthCheck {
  @Field(() => DateTime, { description: 'When it was made.' })
  declare readonly at: Date;

  @Field(() => HealthStatus, { description: 'What it found.' })
  declare readonly status: HealthStatus;

  @Field(() => Float, { nullable: true, description: 'How long connecting took; null when it did not succeed.' })
  declare readonly latencyMs: number | null;

  @Field(() => String, { nullable: true, description: 'What is wrong, and what is done about it; null if nothing is.' })
  declare readonly message: string | null;
}
