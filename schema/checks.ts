import 'reflect-metadata';
import { Field, Float, ObjectType } from 'type-graphql';
import { Failure } from './failure.ts';

@ObjectType({ description: 'What came of connecting to an instance as a client would.' })
export class ConnectionCheck {
  @Field(() => Boolean, { description: 'Whether the server answered and took the login.' })
  declare readonly ok: boolean;

  @Field(() => String, { nullable: true, description: 'The version that the server itself reports.' })
  declare readonly serverVersion: string | null;

  @Field(() => Float, { nullable: true, description: 'Milliseconds from connecting to the first answer.' })
  declare readonly latencyMs: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the pg_durable worker is alive; null for an instance that is not PG_DURABLE.',
  })
  declare readonly durableWorkerRunning: boolean | null;

  @Field(() => String, { nullable: true, description: 'Why the pg_durable worker does not run; null when it does.' })
  declare readonly durableWorkerDetail: string | null;

  @Field(() => Failure, { nullable: true, description: 'Why it did not work; null if it did.' })
  declare readonly failure: Failure | null;
}

@ObjectType({ description: 'One link of the chain that operations depend on, and whether it holds.' })
export class Diagnostic {
  @Field(() => String, { description: 'What was looked at.' })
  declare readonly name: string;

  @Field(() => Boolean, { description: 'Whether it is in order.' })
  declare readonly ok: boolean;

  @Field(() => Boolean, {
    description:
      'Whether that is known; false where nothing was tried yet, so that ok says only that nothing is broken.',
  })
  declare readonly known: boolean;

  @Field(() => String, { description: 'What was found.' })
  declare readonly detail: string;

  @Field(() => String, { nullable: true, description: 'How to mend it; null when it is in order.' })
  declare readonly remedy: string | null;
}
