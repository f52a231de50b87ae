import 'reflect-metadata';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Image } from '../image.ts';
import { DateTime, SafeInt } from '../scalars.ts';
import { RetentionInput } from './schedule-inputs.ts';

@InputType({ description: 'Whose images, and by which rules; at least one of scheduleId and instanceId.' })
export class RetentionPreviewInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Only images that this schedule took, by its retention. Left out: of any.',
  })
  declare readonly scheduleId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Only images of this instance; it may be DELETED. Left out: of any.',
  })
  declare readonly instanceId?: string | null;

  @Field(() => RetentionInput, {
    nullable: true,
    description: 'Another retention, in UTC without a schedule. Left out: what the schedules of these images have.',
  })
  declare readonly retention?: RetentionInput | null;

  @Field(() => DateTime, { nullable: true, description: 'As if it were then. Left out: now.' })
  declare readonly at?: Date | null;
}

@ObjectType({ description: 'An image that stays.' })
export class KeptImage {
  @Field(() => Image, { description: 'The image.' })
  declare readonly image: Image;

  @Field(() => [String], { description: 'Every rule that wants it, and whatever else keeps it; at least one.' })
  declare readonly because: string[];
}

@ObjectType({ description: 'What retention would do.' })
export class RetentionPreview {
  @Field(() => [KeptImage], { description: 'What stays, and why.' })
  declare readonly keep: KeptImage[];

  @Field(() => [Image], { description: 'What would go.' })
  declare readonly remove: Image[];

  @Field(() => SafeInt, { description: 'What that takes in the blob store, in bytes.' })
  declare readonly freedBytes: number;
}
