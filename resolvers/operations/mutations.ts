import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { CancelOperationInput, RetryOperationInput } from '../../schema/operation-inputs.ts';
import { CancelOperationPayload, RetryOperationPayload } from '../../schema/operation-payloads.ts';
import type { ApiContext } from '../context.ts';
import { requireId } from '../ids.ts';
import type { OperationRecord } from '../ports/records.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

interface OperationOutcome {
  readonly operation: OperationRecord | null;
}

async function readOutcome({ loaders }: ApiContext, id: string): Promise<OperationOutcome> {
  loaders.clear();
  return { operation: await loaders.operations.load(id) };
}

/** Ends operations and takes them up again. */
@Resolver()
export class OperationMutationResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => CancelOperationPayload, {
    description:
      'Stops an operation and takes back what it did. Asking twice is asking once; CONFLICT when it is over.',
  })
  async cancelOperation(
    @Ctx() context: ApiContext,
    @Arg('input', () => CancelOperationInput, { description: INPUT }) input: CancelOperationInput,
  ): Promise<OperationOutcome> {
    const id = requireId('operation', 'operationId', input.operationId);
    await this.#services.operationCommands.cancel(context.caller, id);
    return readOutcome(context, id);
  }

  @Mutation(() => RetryOperationPayload, {
    description:
      'Takes a FAILED operation up again: the same one goes back to QUEUED. CONFLICT when trying again cannot help, or ' +
      'its name was taken meanwhile.',
  })
  async retryOperation(
    @Ctx() context: ApiContext,
    @Arg('input', () => RetryOperationInput, { description: INPUT }) input: RetryOperationInput,
  ): Promise<OperationOutcome> {
    const id = requireId('operation', 'operationId', input.operationId);
    await this.#services.operationCommands.retry(context.caller, id);
    return readOutcome(context, id);
  }
}
