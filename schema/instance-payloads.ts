import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Instance } from './instance.ts';
import { Operation } from './operation.ts';

@ObjectType({ description: 'What createInstance began.' })
export class CreateInstancePayload {
  @Field(() => Instance, { description: 'The new instance, CREATING at first.' })
  declare readonly instance: Instance;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;

  @Field(() => [String], { description: 'What was changed or ignored of the input, in words; mostly empty.' })
  declare readonly notices: string[];
}

@ObjectType({ description: 'What updateInstance changed.' })
export class UpdateInstancePayload {
  @Field(() => Instance, { description: 'The instance after the change.' })
  declare readonly instance: Instance;

  @Field(() => Operation, {
    nullable: true,
    description: 'What does the work on the platform; null where only the record was changed.',
  })
  declare readonly operation: Operation | null;

  @Field(() => [String], { description: 'What is still to be done or known about it, in words; mostly empty.' })
  declare readonly notices: string[];
}

@ObjectType({ description: 'What deleteInstance began.' })
export class DeleteInstancePayload {
  @Field(() => Instance, { description: 'The instance as it now stands.' })
  declare readonly instance: Instance;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;
}

@ObjectType({ description: 'What stopInstance began.' })
export class StopInstancePayload {
  @Field(() => Instance, { description: 'The instance as it now stands.' })
  declare readonly instance: Instance;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;
}

@ObjectType({ description: 'What startInstance began.' })
export class StartInstancePayload {
  @Field(() => Instance, { description: 'The instance as it now stands.' })
  declare readonly instance: Instance;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;
}

@ObjectType({ description: 'What restartInstance began.' })
export class RestartInstancePayload {
  @Field(() => Instance, { description: 'The instance as it now stands.' })
  declare readonly instance: Instance;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;
}

@ObjectType({ description: 'The instance whose password is being replaced, and the operation that does it.' })
export class RotateCredentialsPayload {
  @Field(() => Instance, { description: 'The instance as it now stands.' })
  declare readonly instance: Instance;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;

  @Field(() => [String], { description: 'What was changed or ignored of the input, in words; mostly empty.' })
  declare readonly notices: string[];
}
