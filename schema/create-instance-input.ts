import 'reflect-metadata';
import { Field, ID, InputType, Int } from 'type-graphql';
import { ResourcesInput, TolerationInput } from './hosting.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { LabelInput } from './label.ts';
import { ParameterInput } from './parameter.ts';
import { BackgroundWork, DurableFunctions, Exposure, ImageType, Loss } from './states.ts';

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
