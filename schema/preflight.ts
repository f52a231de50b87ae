import 'reflect-metadata';
import { Field, InputType, ObjectType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { Operation } from './operation.ts';
import { ImageType } from './states.ts';

@InputType({ description: 'Where to look whether jobs have all that they need.' })
export class RunPreflightInput {
  @Field(() => String, {
    nullable: true,
    description: 'One of the configured namespaces. Left out: the default one.',
  })
  declare readonly namespace?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The major version of PostgreSQL whose job image is tried. Left out: the newest that an instance there has, else ' +
      'the newest that the platform offers.',
  })
  declare readonly postgresVersion?: string | null;

  @Field(() => ImageType, {
    nullable: true,
    description:
      'Restores of PG_DURABLE servers run in an image of their own, which is tried with PG_DURABLE. Left out: STOCK.',
  })
  declare readonly imageType?: ImageType | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@ObjectType({ description: 'What runPreflight began.' })
export class RunPreflightPayload {
  @Field(() => Operation, {
    description:
      'Follow it with operationEvents. It fails when a link is broken; its failure names the link and the remedy.',
  })
  declare readonly operation: Operation;

  @Field(() => [String], {
    description:
      'What stands in the way of images of running instances: open prepared transactions, held tables, too few ' +
      'connections or locks, closed databases. A sentence an instance; empty where nothing does.',
  })
  declare readonly notices: string[];
}
