import 'reflect-metadata';
import { Field, ID, InputType } from 'type-graphql';
import { LabelInput } from './label.ts';
import { DateTime } from './scalars.ts';
import { ImageMethod, ImageState, InstanceState, OperationKind, OperationState, ReadinessStatus } from './states.ts';

const NAME_CONTAINS = 'Only those whose name holds this text; at most 100 characters, taken literally.';
const NAME_STARTS = 'Only those whose name begins with this text; at most 100 characters, taken literally.';
const LABELS = 'Only those that carry all of these labels.';
const CREATED_BEFORE = 'Only those that were asked for before this moment.';
const CREATED_AFTER = 'Only those that were asked for after this moment.';

@InputType({ description: 'Narrows a list of instances; what is left out does not narrow.' })
export class InstanceFilter {
  @Field(() => [InstanceState], {
    nullable: true,
    description: 'Only those in one of these states. Left out: all but DELETED.',
  })
  declare readonly state?: InstanceState[] | null;

  @Field(() => String, { nullable: true, description: NAME_CONTAINS })
  declare readonly nameContains?: string | null;

  @Field(() => String, { nullable: true, description: NAME_STARTS })
  declare readonly nameStartsWith?: string | null;

  @Field(() => [LabelInput], { nullable: true, description: LABELS })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => DateTime, { nullable: true, description: CREATED_BEFORE })
  declare readonly createdBefore?: Date | null;

  @Field(() => DateTime, { nullable: true, description: CREATED_AFTER })
  declare readonly createdAfter?: Date | null;

  @Field(() => [ReadinessStatus], {
    nullable: true,
    description: 'Only those that could be brought back so well, as the records have it now.',
  })
  declare readonly readiness?: ReadinessStatus[] | null;
}

@InputType({ description: 'Narrows a list of images; what is left out does not narrow.' })
export class ImageFilter {
  @Field(() => [ImageState], {
    nullable: true,
    description: 'Only those in one of these states. Left out: all but DELETED.',
  })
  declare readonly state?: ImageState[] | null;

  @Field(() => String, { nullable: true, description: NAME_CONTAINS })
  declare readonly nameContains?: string | null;

  @Field(() => String, { nullable: true, description: NAME_STARTS })
  declare readonly nameStartsWith?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only those taken of this instance.' })
  declare readonly sourceInstanceId?: string | null;

  @Field(() => [LabelInput], { nullable: true, description: LABELS })
  declare readonly labels?: LabelInput[] | null;

  @Field(() => DateTime, { nullable: true, description: CREATED_BEFORE })
  declare readonly createdBefore?: Date | null;

  @Field(() => DateTime, { nullable: true, description: CREATED_AFTER })
  declare readonly createdAfter?: Date | null;

  @Field(() => [ImageMethod], { nullable: true, description: 'Only those taken in one of these ways.' })
  declare readonly method?: ImageMethod[] | null;

  @Field(() => ID, { nullable: true, description: 'Only those that this schedule took.' })
  declare readonly scheduleId?: string | null;
}

@InputType({ description: 'Narrows a list of operations; what is left out does not narrow.' })
export class OperationFilter {
  @Field(() => [OperationState], { nullable: true, description: 'Only those in one of these states.' })
  declare readonly state?: OperationState[] | null;

  @Field(() => [OperationKind], { nullable: true, description: 'Only those of one of these kinds.' })
  declare readonly kind?: OperationKind[] | null;

  @Field(() => ID, { nullable: true, description: 'Only those on this instance.' })
  declare readonly instanceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only those on this image.' })
  declare readonly imageId?: string | null;

  @Field(() => DateTime, { nullable: true, description: CREATED_BEFORE })
  declare readonly createdBefore?: Date | null;

  @Field(() => DateTime, { nullable: true, description: CREATED_AFTER })
  declare readonly createdAfter?: Date | null;
}
