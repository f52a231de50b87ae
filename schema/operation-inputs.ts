import 'reflect-metadata';
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Which operation to cancel.' })
export class CancelOperationInput {
  @Field(() => ID, { description: 'The operation to cancel; QUEUED or RUNNING.' })
  declare readonly operationId: string;
}

@InputType({ description: 'Which operation to take up again.' })
export class RetryOperationInput {
  @Field(() => ID, { description: 'The operation to retry; FAILED.' })
  declare readonly operationId: string;
}
