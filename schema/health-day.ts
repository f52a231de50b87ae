import 'reflect-metadata';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from './scalars.ts';

/** What the checks of some time have in common. */
@ObjectType()
abstract class HealthTally {
  @Field(() => Int, { description: 'How many checks were made.' })
  declare readonly checks: number;

  @Field(() => Int, { description: 'How many of them found nothing wrong.' })
  declare readonly healthy: number;

  @Field(() => Float, {
    nullable: true,
    description: 'How long connecting took, the median; null when none succeeded.',
  })
  declare readonly latencyMs: number | null;

  @Field(() => Float, { nullable: true, description: 'How long connecting took at most; null when none succeeded.' })
  declare readonly slowestMs: number | null;
}

@ObjectType({ description: 'What the health checks of a quarter of an hour found; there was one at least.' })
export class HealthPeriod extends HealthTally {
  @Field(() => DateTime, { description: 'When it began: at :00, :15, :30 or :45.' })
  declare readonly from: Date;

  @Field(() => String, { nullable: true, description: 'The last of what was wrong; null if nothing was.' })
  declare readonly message: string | null;
}

@ObjectType({ description: 'What the health checks of the last 24 hours found.' })
export class HealthDay extends HealthTally {
  @Field(() => [HealthPeriod], {
    description:
      'The quarters of an hour in which there was a check, oldest first: 97 at most, the first and the last in part.',
  })
  declare readonly periods: readonly HealthPeriod[];
}
