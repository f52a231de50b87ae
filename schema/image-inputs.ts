import 'reflect-metadata';
import { Field, ID, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { ADD_LABELS, ALL_LABELS, LabelInput, REMOVE_LABELS } from './label.ts';
import { DateTime } from './scalars.ts';
import { ImageMethod, Loss } from './states.ts';

@InputType({ description: 'A new image of a running instance.' })
export class CreateImageInput {
  @Field(() => String, {
    description:
      'At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use.',
  })
  declare readonly name: string;

  @Field(() => ID, { description: 'The instance to take it of; RUNNING.' })
  declare readonly instanceId: string;

  @Field(() => String, {
    nullable: true,
    description: 'Anything worth knowing about it, at most 1000 characters. Left out: none.',
  })
  declare readonly description?: string | null;

  @Field(() => ImageMethod, {
    nullable: true,
    description: 'How to take it. Left out: as the server is set up to take images, LOGICAL unless it says otherwise.',
  })
  declare readonly method?: ImageMethod | null;

  @Field(() => Loss, {
    nullable: true,
    description:
      'How much a restore may lose for the image to be taken all the same. Left out: OBJECTS: rows that could not come back fail it.',
  })
  declare readonly acceptLoss?: Loss | null;

  @Field(() => [LabelInput], { nullable: true, description: 'At most 64 labels, each key once. Left out: none.' })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether its files are encrypted. Left out: as the server is configured, which is not unless it says so.',
  })
  declare readonly encrypt?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is kept from being deleted by people and by retention. Left out: false.',
  })
  declare readonly protected?: boolean | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'From when on retention may delete it; a moment to come. Left out: never by time.',
  })
  declare readonly expiresAt?: Date | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Changes of an image; what is left out stays as it is.' })
export class UpdateImageInput {
  @Field(() => ID, { description: 'The image to change.' })
  declare readonly imageId: string;

  @Field(() => String, { nullable: true, description: 'At most 1000 characters; null removes it.' })
  declare readonly description?: string | null;

  @Field(() => [LabelInput], { nullable: true, description: ALL_LABELS })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => [LabelInput], { nullable: true, description: ADD_LABELS })
  declare readonly addLabels?: LabelInput[] | null;

  @Field(() => [String], { nullable: true, description: REMOVE_LABELS })
  declare readonly removeLabels?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether deleting it is refused from now on.' })
  declare readonly protected?: boolean | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'From when on retention may delete it, a moment to come; null: never by time.',
  })
  declare readonly expiresAt?: Date | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which image to delete, with its files.' })
export class DeleteImageInput {
  @Field(() => ID, { description: 'The image to delete; not protected.' })
  declare readonly imageId: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which image to prove restorable.' })
export class VerifyImageInput {
  @Field(() => ID, { description: 'The image to verify; AVAILABLE.' })
  declare readonly imageId: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}
