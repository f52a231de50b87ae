import 'reflect-metadata';
import { Field, ID, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { LabelInput } from './label.ts';
import { ImageMethod } from './states.ts';

@InputType({ description: 'A new image of a running instance.' })
export class CreateImageInput {
  @Field(() => String, {
    description:
      'At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use.',
  })
  declare readonly name: string;

  @Field(() => ID, { description: 'The instance to take it of; RUNNING.' })
  declare readonly instanceId: string;

  @Field(() => String, { nullable: true, description: 'Anything worth knowing about it, at most 1000 characters.' })
  declare readonly description?: string | null;

  @Field(() => ImageMethod, { nullable: true, description: 'How to take it. Left out: LOGICAL.' })
  declare readonly method?: ImageMethod | null;

  @Field(() => [LabelInput], { nullable: true, description: 'At most 64 labels, each key once.' })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  declare readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which image to delete, with its files.' })
export class DeleteImageInput {
  @Field(() => ID, { description: 'The image to delete.' })
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
