import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Drill } from './drill.ts';
import { Image } from './image.ts';
import { Operation } from './operation.ts';

@ObjectType({ description: 'What createImage began.' })
export class CreateImagePayload {
  @Field(() => Image, { description: 'The new image, CREATING at first.' })
  declare readonly image: Image;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;

  @Field(() => [String], { description: 'What was changed or ignored of the input, in words; mostly empty.' })
  declare readonly notices: string[];
}

@ObjectType({ description: 'What updateImage changed.' })
export class UpdateImagePayload {
  @Field(() => Image, { description: 'The image as it now stands.' })
  declare readonly image: Image;
}

@ObjectType({ description: 'What deleteImage began.' })
export class DeleteImagePayload {
  @Field(() => Image, { description: 'The image as it now stands.' })
  declare readonly image: Image;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;
}

@ObjectType({ description: 'What verifyImage began.' })
export class VerifyImagePayload {
  @Field(() => Image, { description: 'The image as it now stands.' })
  declare readonly image: Image;

  @Field(() => Operation, { description: 'What does the work; follow it with operationEvents.' })
  declare readonly operation: Operation;

  @Field(() => Drill, { description: 'The drill, RUNNING at first; its id finds it again.' })
  declare readonly drill: Drill;
}
