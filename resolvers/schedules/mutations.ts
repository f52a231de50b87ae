import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { DeletedPayload } from '../../schema/deleted-payload.ts';
import { checkIdempotencyKey } from '../../schema/rules/idempotency-rules.ts';
import { checkCreateSchedule, checkUpdateSchedule } from '../../schema/rules/schedule-rules.ts';
import {
  CreateScheduleInput,
  DeleteScheduleInput,
  RunScheduleInput,
  UpdateScheduleInput,
} from '../../schema/schedules/schedule-inputs.ts';
import { RunSchedulePayload, SchedulePayload } from '../../schema/schedules/schedule-payloads.ts';
import type { ApiContext } from '../context.ts';
import { requireId } from '../ids.ts';
import { readLabels } from '../labels.ts';
import type { ScheduleRecord, ScheduleRunRecord } from '../ports/schedules.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

interface ScheduleOutcome {
  readonly schedule: ScheduleRecord | null;
}

async function readSchedule({ loaders }: ApiContext, id: string): Promise<ScheduleOutcome> {
  loaders.clear();
  return { schedule: await loaders.schedules.load(id) };
}

const requireSchedule = (input: { readonly scheduleId: string }) =>
  requireId('schedule', 'scheduleId', input.scheduleId);

/** Checks who asks and the form of what is asked, hands it to the commands, and reads what came of it. */
@Resolver()
export class ScheduleMutationResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => SchedulePayload, {
    description: 'Has images taken by themselves from now on. CONFLICT when its name is taken.',
  })
  async createSchedule(
    @Ctx() context: ApiContext,
    @Arg('input', () => CreateScheduleInput, { description: INPUT }) input: CreateScheduleInput,
  ): Promise<ScheduleOutcome> {
    checkCreateSchedule(input);
    const { instanceId } = input;
    const command = {
      ...input,
      retention: { ...input.retention },
      selector: readLabels(input.selector),
      instanceId: instanceId == null ? instanceId : requireId('instance', 'instanceId', instanceId),
    };
    const { scheduleId } = await this.#services.scheduleCommands.create(context.caller, command);
    return readSchedule(context, scheduleId);
  }

  @Mutation(() => SchedulePayload, {
    description: 'Changes a schedule. Other times count from now on: nothing is due that was not due before.',
  })
  async updateSchedule(
    @Ctx() context: ApiContext,
    @Arg('input', () => UpdateScheduleInput, { description: INPUT }) input: UpdateScheduleInput,
  ): Promise<ScheduleOutcome> {
    checkUpdateSchedule(input);
    const { retention } = input;
    const command = {
      ...input,
      scheduleId: requireSchedule(input),
      retention: retention == null ? retention : { ...retention },
      selector: readLabels(input.selector),
    };
    const { scheduleId } = await this.#services.scheduleCommands.update(context.caller, command);
    return readSchedule(context, scheduleId);
  }

  @Mutation(() => DeletedPayload, {
    description: 'Deletes a schedule with the record of its runs. Its images stay, and operations under way go on.',
  })
  async deleteSchedule(
    @Ctx() context: ApiContext,
    @Arg('input', () => DeleteScheduleInput, { description: INPUT }) input: DeleteScheduleInput,
  ): Promise<DeletedPayload> {
    const command = { scheduleId: requireSchedule(input) };
    const { scheduleId } = await this.#services.scheduleCommands.delete(context.caller, command);
    context.loaders.clear();
    return { id: scheduleId };
  }

  @Mutation(() => RunSchedulePayload, {
    description: 'Begins a run of a schedule now, beside its own times. CONFLICT while one is under way.',
  })
  async runSchedule(
    @Ctx() context: ApiContext,
    @Arg('input', () => RunScheduleInput, { description: INPUT }) input: RunScheduleInput,
  ): Promise<ScheduleOutcome & { readonly run: ScheduleRunRecord | null }> {
    checkIdempotencyKey(input);
    const command = { ...input, scheduleId: requireSchedule(input) };
    const { scheduleId, runId } = await this.#services.scheduleCommands.run(context.caller, command);
    const outcome = await readSchedule(context, scheduleId);
    const [run = null] = await this.#services.scheduleQueries.runsByIds([runId]);
    return { ...outcome, run };
  }
}
