import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './scalars.ts';
import { DriftKind, DriftState } from './states.ts';

@ObjectType({
  description: 'Something that a platform or the blob store holds, or lacks, against what the records say.',
})
export class Drift {
  @Field(() => String, { description: 'The platform on which it was seen.' })
  declare readonly platform: string;

  @Field(() => DriftKind, { description: 'What it is.' })
  declare readonly kind: DriftKind;

  @Field(() => String, { description: 'The namespace of the platform; empty for what lies in the blob store.' })
  declare readonly namespace: string;

  @Field(() => String, { description: 'What the platform or the blob store calls it.' })
  declare readonly name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the record that it says it belongs to; null if it says none.',
  })
  declare readonly ownerId: string | null;

  @Field(() => DateTime, { description: 'When it was first seen; the grace time counts from here.' })
  declare readonly firstSeen: Date;

  @Field(() => DateTime, { description: 'When it was last seen.' })
  declare readonly lastSeen: Date;

  @Field(() => DriftState, { description: 'What becomes of it.' })
  declare readonly state: DriftState;

  @Field(() => String, { description: 'How it differs from the records, and what to do.' })
  declare readonly reason: string;
}
