import 'reflect-metadata';
import { Field, ID, InputType, Int } from 'type-graphql';
import { ResourcesInput, TolerationInput } from './hosting.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { ADD_LABELS, ALL_LABELS, LabelInput, REMOVE_LABELS } from './label.ts';
import { ParameterInput } from './parameter.ts';
import { BackgroundWork, DurableFunctions, Exposure, ImageType, Login, Loss } from './states.ts';

@InputType({ description: 'A new instance: an empty server, or with sourceImageId one restored from an image.' })
export class CreateInstanceInput {
  @Field(() => String, {
    description:
      'At most 40 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use.',
  })
  declare readonly name: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Password of the superuser, 12 to 128 characters. Left out: one is generated. On a restore the source's is " +
      'used, and a notice says so.',
  })
  declare readonly password?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Major version of PostgreSQL, "15" to "18". Left out: the newest there is, and on a restore that of the image. A LOGICAL image can be restored to a newer one too.',
  })
  declare readonly postgresVersion?: string | null;

  @Field(() => ImageType, {
    nullable: true,
    description: 'What the server is to run. Left out: STOCK; on a restore the image has it.',
  })
  declare readonly imageType?: ImageType | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Size of the volume in GiB, 1 to 16384. Left out: 10. On a restore raised to the source's size, with a notice.",
  })
  declare readonly storageGib?: number | null;

  @Field(() => Exposure, { nullable: true, description: 'From where it can be reached. Left out: INTERNAL.' })
  declare readonly exposure?: Exposure | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Label of the public DNS name, 3 to 63 lower-case letters, digits and "-"; only with PUBLIC. Left out: no name.',
  })
  declare readonly dnsLabel?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'One of the configured namespaces. Left out: the first of them.',
  })
  declare readonly namespace?: string | null;

  @Field(() => [LabelInput], { nullable: true, description: 'At most 64 labels, each key once. Left out: none.' })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether deleting it is refused at first. Left out: false.' })
  declare readonly deletionProtection?: boolean | null;

  @Field(() => [ParameterInput], {
    nullable: true,
    description:
      'Parameters of PostgreSQL that its server is started with, at most 64, each once. An image carries none of them. ' +
      'Left out: none.',
  })
  declare readonly parameters?: ParameterInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether a Secret in its namespace on Kubernetes tells programs how to connect as its owner: see ' +
      'Instance.connectionSecret. Left out: false.',
  })
  declare readonly connectionSecret?: boolean | null;

  @Field(() => ResourcesInput, {
    nullable: true,
    description:
      'What its server on Kubernetes is given. Left out: as the installation gives it, and on a restore as its source ' +
      'has it.',
  })
  declare readonly resources?: ResourcesInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The StorageClass of its volume on Kubernetes; it never changes. INVALID_INPUT names those there are. Left out: ' +
      "the installation's, and on a restore its source's.",
  })
  declare readonly storageClass?: string | null;

  @Field(() => [LabelInput], {
    nullable: true,
    description:
      'Labels that the node of its server must carry, besides those of the installation. Left out: none, and on a restore ' +
      "its source's.",
  })
  declare readonly nodeSelector?: LabelInput[] | null;

  @Field(() => [TolerationInput], {
    nullable: true,
    description:
      'Taints of nodes that are to be no hindrance, of those that the installation lets inputs name. Left out: none, and ' +
      "on a restore its source's.",
  })
  declare readonly tolerations?: TolerationInput[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The PriorityClass of its server, one of those that the installation lets inputs name. Left out: the ' +
      "installation's, and on a restore its source's.",
  })
  declare readonly priorityClass?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'An AVAILABLE image whose data, roles and settings it starts with. Left out: it starts empty.',
  })
  declare readonly sourceImageId?: string | null;

  @Field(() => DurableFunctions, {
    nullable: true,
    description:
      'Only with sourceImageId: what becomes of durable functions that had not ended. Left out: CANCEL while the source ' +
      'instance exists, RESUME when it is gone; a notice says which.',
  })
  declare readonly durableFunctions?: DurableFunctions | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Only with sourceImageId: whether a server with another version of pg_durable than the source had may be used; the ' +
      'extension is upgraded then. Left out: false, and such a restore is refused.',
  })
  declare readonly allowExtensionUpgrade?: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Only with a LOGICAL sourceImageId: restore these databases alone, with all roles; postgres and template1 are there ' +
      'in any case, empty where they are not named. Left out: all of them.',
  })
  declare readonly databases?: string[] | null;

  @Field(() => Loss, {
    nullable: true,
    description: 'Only with sourceImageId: how much may be missing without the restore failing. Left out: OBJECTS.',
  })
  declare readonly acceptLoss?: Loss | null;

  @Field(() => BackgroundWork, {
    nullable: true,
    description:
      'Only with sourceImageId: what becomes of jobs of pg_cron, subscriptions and the like. Left out: HOLD while the ' +
      'source instance exists, RUN when it is gone; a notice says which.',
  })
  declare readonly backgroundWork?: BackgroundWork | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

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
