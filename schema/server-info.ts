import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { ImageMethod } from './states.ts';

@ObjectType({ description: 'How much one request and one caller may ask for. What is beyond is INVALID_INPUT.' })
export class Limits {
  @Field(() => Int, { description: 'The most that `first` of any list takes.' })
  declare readonly pageSize: number;

  @Field(() => Int, { description: 'How many levels of fields a document may have; beyond: rule documentTooDeep.' })
  declare readonly depth: number;

  @Field(() => Int, { description: 'How many aliases a document may have; beyond: rule tooManyAliases.' })
  declare readonly aliases: number;

  @Field(() => Int, {
    description:
      'How many fields an answer may have, each list counted with the length that was asked for; beyond: rule tooCostly.',
  })
  declare readonly cost: number;

  @Field(() => Int, {
    description:
      'How many subscriptions one user or token may have at a time at one server; beyond: rule tooManySubscriptions.',
  })
  declare readonly subscriptionsPerIdentity: number;
}

@ObjectType({ description: 'What this server is and what it offers.' })
export class ServerInfo {
  @Field(() => String, { description: 'Its release.' })
  declare readonly version: string;

  @Field(() => String, { description: 'Where its instances run: local or kubernetes.' })
  declare readonly platform: string;

  @Field(() => [String], {
    description: 'The major versions of PostgreSQL that a new instance can have, newest first.',
  })
  declare readonly postgresVersions: string[];

  @Field(() => [ImageMethod], { description: 'The ways in which it takes images.' })
  declare readonly imageMethods: ImageMethod[];

  @Field(() => [String], { description: 'The namespaces that an input may name; the first is the default.' })
  declare readonly namespaces: string[];

  @Field(() => String, {
    description:
      'The certificates of the authorities that servers of this installation have theirs from, PEM, the newest first: what ' +
      'sslrootcert of a client names. An older one stays until what it signed has ended.',
  })
  declare readonly certificateAuthority: string;

  @Field(() => String, {
    description:
      'A cursor of now for the subscription changes: with it as `after` come all changes from now on, also those between ' +
      'this answer and the beginning of the subscription.',
  })
  declare readonly changesCursor: string;

  @Field(() => Limits, { description: 'How much may be asked of it.' })
  declare readonly limits: Limits;
}
