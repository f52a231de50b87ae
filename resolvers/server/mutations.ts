import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RunPreflightInput, RunPreflightPayload } from '../../schema/preflight.ts';
import { checkRunPreflight } from '../../schema/rules/preflight-rules.ts';
import type { ApiContext } from '../context.ts';
import { readServerOutcome, type ServerOutcome } from '../outcomes.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

/** What is asked of the server itself, and needs a worker. */
@Resolver()
export class ServerMutationResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => RunPreflightPayload, {
    description:
      'Runs a job as backups run, which tries all that jobs depend on: its image, room, identity, login and the blob ' +
      'store. A broken link is the failure of the operation, with its remedy; diagnostics shows the last result.',
  })
  async runPreflight(
    @Ctx() context: ApiContext,
    @Arg('input', () => RunPreflightInput, { description: INPUT }) input: RunPreflightInput,
  ): Promise<ServerOutcome> {
    checkRunPreflight(input);
    return readServerOutcome(context, await this.#services.serverCommands.preflight(context.caller, { ...input }));
  }
}
