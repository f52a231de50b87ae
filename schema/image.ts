import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { Failure } from './failure.ts';
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

  @Field(() => Failure, { nullable: true, description: 'Why taking or deleting it failed.' })
  declare readonly failure: Failure | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  declare readonly createdAt: Date;
}
