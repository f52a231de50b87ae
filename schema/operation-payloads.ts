import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Operation } from './operation.ts';

@ObjectType({ description: 'What cancelOperation did.' })
export class CancelOperationPayload {
  @Field(() => Operation, { description: 'The operation, CANCELLING or already CANCELLED.' })
  declare readonly operation: Operation;
}

@ObjectType({ description: 'What retryOperation did.' })
export class RetryOperationPayload {
  @Field(() => Operation, { description: 'The same operation, QUEUED again; its events go on counting.' })
  declare readonly operation: Operation;
}
