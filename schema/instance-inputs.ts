import 'reflect-metadata';
import { Field, ID, InputType, Int } from 'type-graphql';
import { ResourcesInput, TolerationInput } from './hosting.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { ADD_LABELS, ALL_LABELS, LabelInput, REMOVE_LABELS } from './label.ts';
import { ParameterInput } from './parameter.ts';
import { Login } from './states.ts';

@InputType({ description: 'Changes of an instance; what is left out stays as it is.' })
export class UpdateInstanceInput {
  @Field(() => ID, { description: 'The instance to change.' })
  declare readonly instanceId: string;

  @Field(() => [LabelInput], { nullable: true, description: ALL_LABELS })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => [LabelInput], { nullable: true, description: ADD_LABELS })
  declare readonly addLabels?: LabelInput[] | null;

  @Field(() => [String], { nullable: true, description: REMOVE_LABELS })
  declare readonly removeLabels?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether deleting it is refused from now on.' })
  declare readonly deletionProtection?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'New size of the volume in GiB, at most 16384; volumes only grow.' })
  declare readonly storageGib?: number | null;

  @Field(() => [ParameterInput], {
    nullable: true,
    description:
      'All its parameters of PostgreSQL from now on; an empty list removes them. They take effect at the next start: ' +
      'pendingRestart tells. CONFLICT while an operation starts or stops it.',
  })
  declare readonly parameters?: ParameterInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether a Secret on Kubernetes tells programs how to connect, from now on.',
  })
  declare readonly connectionSecret?: boolean | null;

  @Field(() => ResourcesInput, {
    nullable: true,
    description:
      'All its resources on Kubernetes from now on; null: as the installation gives them. Like the other fields of how it ' +
      'is hosted they take effect at the next start: pendingRestart tells. CONFLICT while an operation starts or stops it.',
  })
  declare readonly resources?: ResourcesInput | null;

  @Field(() => [LabelInput], {
    nullable: true,
    description: 'All labels that its node must carry from now on, besides those of the installation; null: none.',
  })
  declare readonly nodeSelector?: LabelInput[] | null;

  @Field(() => [TolerationInput], {
    nullable: true,
    description: 'All taints that are to be no hindrance from now on; null: none.',
  })
  declare readonly tolerations?: TolerationInput[] | null;

  @Field(() => String, {
    nullable: true,
    description: "Its PriorityClass from now on; null: the installation's.",
  })
  declare readonly priorityClass?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which instance to delete, with its data. Its images stay.' })
export class DeleteInstanceInput {
  @Field(() => ID, { description: 'The instance to delete; its deletionProtection must be off.' })
  declare readonly instanceId: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Name of an image that is taken first; the instance must be RUNNING. Nothing is deleted unless that image is ' +
      'AVAILABLE. Left out: none is taken.',
  })
  declare readonly finalImage?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which instance to stop.' })
export class StopInstanceInput {
  @Field(() => ID, { description: 'The instance to stop; RUNNING.' })
  declare readonly instanceId: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which instance to start.' })
export class StartInstanceInput {
  @Field(() => ID, { description: 'The instance to start; STOPPED.' })
  declare readonly instanceId: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'The password that a login of an instance is to have; the superuser, or the owner.' })
export class RotateCredentialsInput {
  @Field(() => ID, { description: 'The instance; RUNNING.' })
  declare readonly instanceId: string;

  @Field(() => Login, {
    nullable: true,
    description: "Whose password. CONFLICT where the server has no login OWNER. Left out: the superuser's.",
  })
  declare readonly login?: Login | null;

  @Field(() => String, {
    nullable: true,
    description:
      '12 to 128 characters, no control characters. Left out: one is generated. One that was set by SQL, so that the recorded one no longer logs in: that one becomes the recorded one.',
  })
  declare readonly password?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which instance to restart.' })
export class RestartInstanceInput {
  @Field(() => ID, { description: 'The instance to restart; RUNNING.' })
  declare readonly instanceId: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}
