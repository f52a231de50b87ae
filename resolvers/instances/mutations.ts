import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { CreateInstanceInput } from '../../schema/create-instance-input.ts';
import {
  DeleteInstanceInput,
  RestartInstanceInput,
  RotateCredentialsInput,
  StartInstanceInput,
  StopInstanceInput,
  UpdateInstanceInput,
} from '../../schema/instance-inputs.ts';
import {
  CreateInstancePayload,
  DeleteInstancePayload,
  RestartInstancePayload,
  RotateCredentialsPayload,
  StartInstancePayload,
  StopInstancePayload,
  UpdateInstancePayload,
} from '../../schema/instance-payloads.ts';
import { checkIdempotencyKey } from '../../schema/rules/idempotency-rules.ts';
import { checkCreateInstance, checkRotateCredentials, checkUpdateInstance } from '../../schema/rules/instance-rules.ts';
import { checkName, IMAGE_NAME_MAX } from '../../schema/rules/name-rules.ts';
import { requireRole } from '../access/check-rule.ts';
import type { ApiContext } from '../context.ts';
import { readHosting } from '../hosting.ts';
import { requireId } from '../ids.ts';
import { readLabelChange, readLabels } from '../labels.ts';
import { type InstanceOutcome, readInstanceOutcome } from '../outcomes.ts';
import { readParameters } from '../parameters.ts';
import type { OnInstance } from '../ports/commands.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

/** What all mutations take that only name an instance. */
function onInstance<T extends OnInstance>(input: T): T {
  checkIdempotencyKey(input);
  return { ...input, instanceId: requireId('instance', 'instanceId', input.instanceId) };
}

/** Checks who asks and the form of what is asked, hands it to the commands, and reads what came of it. */
@Resolver()
export class InstanceMutationResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => CreateInstancePayload, {
    description: 'Makes an instance, empty or from an image. CONFLICT when its name or DNS label is taken.',
  })
  async createInstance(
    @Ctx() context: ApiContext,
    @Arg('input', () => CreateInstanceInput, { description: INPUT }) input: CreateInstanceInput,
  ): Promise<InstanceOutcome> {
    checkCreateInstance(input);
    const { sourceImageId } = input;
    const command = {
      ...readHosting(input),
      labels: readLabels(input.labels),
      parameters: readParameters(input.parameters),
      sourceImageId: sourceImageId == null ? sourceImageId : requireId('image', 'sourceImageId', sourceImageId),
    };
    return readInstanceOutcome(context, await this.#services.instanceCommands.create(context.caller, command));
  }

  @Mutation(() => UpdateInstancePayload, {
    description: 'Changes labels, protection, parameters of PostgreSQL, how it is hosted, or the size of the volume.',
  })
  async updateInstance(
    @Ctx() context: ApiContext,
    @Arg('input', () => UpdateInstanceInput, { description: INPUT }) input: UpdateInstanceInput,
  ): Promise<InstanceOutcome> {
    checkUpdateInstance(input);
    const parameters = readParameters(input.parameters);
    const command = { ...onInstance(readHosting(input)), ...readLabelChange(input), parameters };
    return readInstanceOutcome(context, await this.#services.instanceCommands.update(context.caller, command));
  }

  @Mutation(() => DeleteInstancePayload, {
    description: 'Removes an instance with its data; its images stay. CONFLICT while it is protected.',
  })
  async deleteInstance(
    @Ctx() context: ApiContext,
    @Arg('input', () => DeleteInstanceInput, { description: INPUT }) input: DeleteInstanceInput,
  ): Promise<InstanceOutcome> {
    if (input.finalImage != null) checkName('finalImage', input.finalImage, IMAGE_NAME_MAX);
    const command = { ...onInstance(input), finalImage: input.finalImage };
    const accepted = await this.#services.instanceCommands.delete(context.caller, command);
    return readInstanceOutcome(context, accepted);
  }

  @Mutation(() => StopInstancePayload, { description: 'Shuts the server of a RUNNING instance down; its data stays.' })
  async stopInstance(
    @Ctx() context: ApiContext,
    @Arg('input', () => StopInstanceInput, { description: INPUT }) input: StopInstanceInput,
  ): Promise<InstanceOutcome> {
    const accepted = await this.#services.instanceCommands.stop(context.caller, onInstance(input));
    return readInstanceOutcome(context, accepted);
  }

  @Mutation(() => StartInstancePayload, { description: 'Brings the server of a STOPPED instance back.' })
  async startInstance(
    @Ctx() context: ApiContext,
    @Arg('input', () => StartInstanceInput, { description: INPUT }) input: StartInstanceInput,
  ): Promise<InstanceOutcome> {
    const accepted = await this.#services.instanceCommands.start(context.caller, onInstance(input));
    return readInstanceOutcome(context, accepted);
  }

  @Mutation(() => RestartInstancePayload, {
    description: 'Shuts the server of a RUNNING instance down and brings it back.',
  })
  async restartInstance(
    @Ctx() context: ApiContext,
    @Arg('input', () => RestartInstanceInput, { description: INPUT }) input: RestartInstanceInput,
  ): Promise<InstanceOutcome> {
    const accepted = await this.#services.instanceCommands.restart(context.caller, onInstance(input));
    return readInstanceOutcome(context, accepted);
  }

  @Mutation(() => RotateCredentialsPayload, {
    description:
      'Gives the superuser of a RUNNING instance, or its owner, another password. Connections that are there stay; images taken before keep the one of their time. A password of one’s own for the superuser needs the role ADMIN.',
  })
  async rotateCredentials(
    @Ctx() context: ApiContext,
    @Arg('input', () => RotateCredentialsInput, { description: INPUT }) input: RotateCredentialsInput,
  ): Promise<InstanceOutcome> {
    checkRotateCredentials(input);
    // Whoever chooses it knows it, and has the login.
    if (input.password != null && input.login !== 'OWNER') {
      requireRole(context.caller, 'ADMIN', 'A password of your own for the login SUPERUSER');
    }
    const command = { ...onInstance(input), password: input.password, login: input.login };
    return readInstanceOutcome(
      context,
      await this.#services.instanceCommands.rotateCredentials(context.caller, command),
    );
  }
}
