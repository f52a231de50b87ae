import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { Failure } from './failure.ts';
import { Finding } from './finding.ts';
import { Label } from './label.ts';
import { Node } from './node.ts';
import { DateTime, SafeInt } from './scalars.ts';
import { ImageMethod, ImageState, ImageType } from './states.ts';

@ObjectType({ description: 'A file of an image in the blob store.' })
export class ImageFile {
  @Field(() => String, { description: "Path below the image's own prefix." })
  declare readonly name: string;

  @Field(() => SafeInt, { description: 'Size as stored, in bytes.' })
  declare readonly sizeBytes: number;

  @Field(() => String, { description: 'SHA-256 of the content in hexadecimal; a restore checks it before use.' })
  declare readonly sha256: string;
}

@ObjectType({ description: 'A database that an image holds.' })
export class ImageDatabase {
  @Field(() => String, { description: 'Name of the database.' })
  declare readonly name: string;

  @Field(() => String, { description: 'The role that owns it.' })
  declare readonly owner: string;

  @Field(() => SafeInt, { description: 'Size on the source when the image was taken, in bytes.' })
  declare readonly sizeBytes: number;
}

@ObjectType({ description: 'An extension of a database that an image holds.' })
export class ImageExtension {
  @Field(() => String, { description: 'The database that it is in.' })
  declare readonly database: string;

  @Field(() => String, { description: 'Name of the extension.' })
  declare readonly name: string;

  @Field(() => String, { description: 'Its version when the image was taken.' })
  declare readonly version: string;
}

@ObjectType({ description: 'A durable function of pg_durable as it stood when the image was taken.' })
export class DurableFunction {
  @Field(() => String, { description: 'The id that pg_durable gave it.' })
  declare readonly id: string;

  @Field(() => String, { nullable: true, description: 'The label that its starter gave it.' })
  declare readonly label: string | null;

  @Field(() => String, { description: 'How it stood, in words of pg_durable: pending or running.' })
  declare readonly status: string;
}

@ObjectType({ description: 'What an image holds of pg_durable.' })
export class ImageDurable {
  @Field(() => String, { description: 'The database that has the extension.' })
  declare readonly database: string;

  @Field(() => String, { description: 'Version of the extension; a restore wants the same.' })
  declare readonly version: string;

  @Field(() => Int, { description: 'How many functions had not ended: durableFunctions of a restore decides on them.' })
  declare readonly unfinished: number;

  @Field(() => [DurableFunction], { description: 'The oldest of those, at most 20.' })
  declare readonly functions: DurableFunction[];
}

@ObjectType({
  implements: Node,
  description: 'A backup of a whole server in the blob store, from which new instances can be made.',
})
export class Image extends Node {
  @Field(() => String, { description: 'The name its creator chose; nobody else can have it until DELETED or FAILED.' })
  declare readonly name: string;

  @Field(() => String, { nullable: true, description: 'What its creator wrote about it.' })
  declare readonly description: string | null;

  @Field(() => ImageState, { description: 'Where it is in its life.' })
  declare readonly state: ImageState;

  @Field(() => ImageMethod, { description: 'How it was taken.' })
  declare readonly method: ImageMethod;

  @Field(() => ImageType, { description: 'What its source ran; an instance restored from it runs the same.' })
  declare readonly imageType: ImageType;

  @Field(() => String, { description: 'The major version of PostgreSQL on the source, such as "17".' })
  declare readonly postgresVersion: string;

  @Field(() => String, { description: 'Name of the source when the image was taken; stays when the source is gone.' })
  declare readonly sourceInstanceName: string;

  @Field(() => [ImageDatabase], { description: 'The databases it holds; empty until it is AVAILABLE.' })
  declare readonly databases: ImageDatabase[];

  @Field(() => [ImageExtension], { description: 'The extensions of its databases; empty until it is AVAILABLE.' })
  declare readonly extensions: ImageExtension[];

  @Field(() => ImageDurable, {
    nullable: true,
    description: 'What it holds of pg_durable; null where there is none, and until it is AVAILABLE.',
  })
  declare readonly durable: ImageDurable | null;

  @Field(() => [String], { description: 'What it could not carry or carries changed, in words; mostly empty.' })
  declare readonly notices: string[];

  @Field(() => [Finding], {
    description:
      'What a restore of it will not bring back as it was, found when it was taken; empty until it is AVAILABLE.',
  })
  declare readonly findings: Finding[];

  @Field(() => [ImageFile], {
    description: 'Its files as they were verified in the blob store; empty until it is AVAILABLE.',
  })
  declare readonly files: ImageFile[];

  @Field(() => SafeInt, { nullable: true, description: 'What all its files take in the blob store, in bytes.' })
  declare readonly sizeBytes: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'What the databases took on the source, in bytes.' })
  declare readonly databaseBytes: number | null;

  @Field(() => Int, { description: "Size of the source's volume in GiB; a restored instance has at least that." })
  declare readonly sourceStorageGib: number;

  @Field(() => [Label], { description: 'Its labels, ordered by key.' })
  declare readonly labels: Label[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the blob store was last found to hold all of it unharmed; null before.',
  })
  declare readonly verifiedAt: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The moment that its data is of: never later than what it holds. Null until it is AVAILABLE.',
  })
  declare readonly takenAt: Date | null;

  @Field(() => Boolean, {
    description:
      'Whether its files are encrypted, in the age format; their key is in its manifest, for the keys of the server.',
  })
  declare readonly encrypted: boolean;

  @Field(() => Boolean, { description: 'While true, neither people nor retention delete it.' })
  declare readonly protected: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'From when on retention may delete it, unless a rule of its schedule still wants it; null: never by time.',
  })
  declare readonly expiresAt: Date | null;

  @Field(() => Failure, { nullable: true, description: 'Why taking or deleting it failed.' })
  declare readonly failure: Failure | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  declare readonly createdAt: Date;
}
