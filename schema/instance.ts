import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { Endpoint } from './endpoint.ts';
import { Failure } from './failure.ts';
import { Finding } from './finding.ts';
import { Resources, Toleration } from './hosting.ts';
import { Label } from './label.ts';
import { Node } from './node.ts';
import { Parameter } from './parameter.ts';
import { DateTime } from './scalars.ts';
import { DurableFunctions, Exposure, HealthStatus, ImageType, InstanceState } from './states.ts';

@ObjectType({ implements: Node, description: 'A PostgreSQL server with a volume of its own.' })
export class Instance extends Node {
  @Field(() => String, { description: 'The name its creator chose; nobody else can have it until DELETED or FAILED.' })
  declare readonly name: string;

  @Field(() => String, {
    description: 'What the platform calls it: the name, "-" and 8 hexadecimal digits. Never used twice.',
  })
  declare readonly resourceName: string;

  @Field(() => String, { description: 'The namespace of the platform in which it lives.' })
  declare readonly namespace: string;

  @Field(() => ImageType, { description: 'What the server runs; a restored one runs what its image came from.' })
  declare readonly imageType: ImageType;

  @Field(() => String, { description: 'The major version of PostgreSQL, such as "17".' })
  declare readonly postgresVersion: string;

  @Field(() => Int, { description: 'Size of its volume in GiB.' })
  declare readonly storageGib: number;

  @Field(() => Exposure, { description: 'From where it can be reached.' })
  declare readonly exposure: Exposure;

  @Field(() => String, { nullable: true, description: 'The DNS label of its public address; null without one.' })
  declare readonly dnsLabel: string | null;

  @Field(() => InstanceState, { description: 'Where it is in its life.' })
  declare readonly state: InstanceState;

  @Field(() => HealthStatus, { description: 'What the last health check found.' })
  declare readonly health: HealthStatus;

  @Field(() => Boolean, { description: 'While true, deleteInstance is refused.' })
  declare readonly deletionProtection: boolean;

  @Field(() => [Label], { description: 'Its labels, ordered by key.' })
  declare readonly labels: Label[];

  @Field(() => [Parameter], {
    description: 'The parameters of PostgreSQL that its next start gives it, ordered by name.',
  })
  declare readonly parameters: Parameter[];

  @Field(() => Boolean, {
    description:
      'Whether it is RUNNING with other parameters, or hosted otherwise, than it is to be: a restart brings that.',
  })
  declare readonly pendingRestart: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Name of the Secret, in its namespace on Kubernetes, that tells programs how to connect as its owner: host, port, ' +
      'username, password, database, uri, ca.crt. It appears within a minute when the instance runs, is true within a ' +
      'minute after a rotation, and goes with the instance. Null without one.',
  })
  declare readonly connectionSecret: string | null;

  @Field(() => Resources, {
    description: 'What its server on Kubernetes is given from its next start on, as it was asked for.',
  })
  declare readonly resources: Resources;

  @Field(() => String, {
    nullable: true,
    description: "The StorageClass of its volume, as it was asked for; null: the installation's.",
  })
  declare readonly storageClass: string | null;

  @Field(() => [Label], {
    description: 'Labels that its node must carry, besides those of the installation, ordered by key.',
  })
  declare readonly nodeSelector: Label[];

  @Field(() => [Toleration], { description: 'Taints that are no hindrance to it, besides those of the installation.' })
  declare readonly tolerations: Toleration[];

  @Field(() => String, {
    nullable: true,
    description: "Its PriorityClass, as it was asked for; null: the installation's.",
  })
  declare readonly priorityClass: string | null;

  @Field(() => Endpoint, { nullable: true, description: 'Where clients connect; null while the server does not run.' })
  declare readonly endpoint: Endpoint | null;

  @Field(() => DurableFunctions, {
    nullable: true,
    description: 'What its restore made of the durable functions of its image; null for one that was made empty.',
  })
  declare readonly durableFunctions: DurableFunctions | null;

  @Field(() => Failure, {
    nullable: true,
    description: 'Why creating it, or the last change of it, failed; null once a later one succeeded.',
  })
  declare readonly failure: Failure | null;

  @Field(() => [Finding], {
    description: 'What its restore could not bring back as it was; empty for one that began empty.',
  })
  declare readonly findings: Finding[];

  @Field(() => DateTime, { description: 'When it was asked for.' })
  declare readonly createdAt: Date;

  @Field(() => DateTime, { description: 'When anything about it was last changed.' })
  declare readonly updatedAt: Date;
}
