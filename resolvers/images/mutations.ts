import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { CreateImageInput, DeleteImageInput, UpdateImageInput, VerifyImageInput } from '../../schema/image-inputs.ts';
import {
  CreateImagePayload,
  DeleteImagePayload,
  UpdateImagePayload,
  VerifyImagePayload,
} from '../../schema/image-payloads.ts';
import { checkIdempotencyKey } from '../../schema/rules/idempotency-rules.ts';
import { checkCreateImage, checkUpdateImage } from '../../schema/rules/image-rules.ts';
import type { ApiContext } from '../context.ts';
import { requireId } from '../ids.ts';
import { readLabelChange, readLabels } from '../labels.ts';
import { type DrillOutcome, type ImageOutcome, readDrillOutcome, readImageOutcome } from '../outcomes.ts';
import type { OnImage } from '../ports/commands.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

/** What all mutations take that only name an image. */
function onImage(input: OnImage): OnImage {
  checkIdempotencyKey(input);
  return { ...input, imageId: requireId('image', 'imageId', input.imageId) };
}

/** Checks who asks and the form of what is asked, hands it to the commands, and reads what came of it. */
@Resolver()
export class ImageMutationResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => CreateImagePayload, {
    description: 'Takes an image of a RUNNING instance. CONFLICT when its name is taken.',
  })
  async createImage(
    @Ctx() context: ApiContext,
    @Arg('input', () => CreateImageInput, { description: INPUT }) input: CreateImageInput,
  ): Promise<ImageOutcome> {
    checkCreateImage(input);
    const instanceId = requireId('instance', 'instanceId', input.instanceId);
    const command = { ...input, instanceId, labels: readLabels(input.labels) };
    return readImageOutcome(context, await this.#services.imageCommands.create(context.caller, command));
  }

  @Mutation(() => UpdateImagePayload, {
    description: 'Changes labels, description, protection or expiry. CONFLICT when it is DELETED or being deleted.',
  })
  async updateImage(
    @Ctx() context: ApiContext,
    @Arg('input', () => UpdateImageInput, { description: INPUT }) input: UpdateImageInput,
  ): Promise<ImageOutcome> {
    checkUpdateImage(input);
    const { description, expiresAt } = input;
    const command = {
      ...input,
      ...onImage(input),
      ...readLabelChange(input),
      description: description === undefined ? undefined : { to: description },
      expiresAt: expiresAt === undefined ? undefined : { to: expiresAt },
    };
    return readImageOutcome(context, await this.#services.imageCommands.update(context.caller, command));
  }

  @Mutation(() => DeleteImagePayload, {
    description: 'Removes the files of an image; its record stays, DELETED. CONFLICT while it is protected.',
  })
  async deleteImage(
    @Ctx() context: ApiContext,
    @Arg('input', () => DeleteImageInput, { description: INPUT }) input: DeleteImageInput,
  ): Promise<ImageOutcome> {
    const accepted = await this.#services.imageCommands.delete(context.caller, onImage(input));
    return readImageOutcome(context, accepted);
  }

  @Mutation(() => VerifyImagePayload, {
    description: 'Restores an AVAILABLE image into a server that is thrown away afterwards, and compares.',
  })
  async verifyImage(
    @Ctx() context: ApiContext,
    @Arg('input', () => VerifyImageInput, { description: INPUT }) input: VerifyImageInput,
  ): Promise<DrillOutcome> {
    const accepted = await this.#services.imageCommands.verify(context.caller, onImage(input));
    return readDrillOutcome(context, accepted);
  }
}
