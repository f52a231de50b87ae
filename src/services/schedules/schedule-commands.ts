import { randomUUID } from 'node:crypto';
import { notFound } from '../../../resolvers/ids.ts';
import type { CreateSchedule, ScheduleCommands, UpdateSchedule } from '../../../resolvers/ports/schedules.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { readRecurrence } from '../../../schema/rules/recurrence.ts';
import { DEFAULT_CONCURRENCY } from '../../../schema/rules/schedule-rules.ts';
import { isWithinScope } from '../../../schema/rules/scope-rules.ts';
import type { ImageMethod } from '../../../schema/states.ts';
import { readOperationOfRun } from '../../stores/schedules/planned-images.ts';
import { beginRun, readRunUnderWay } from '../../stores/schedules/runs.ts';
import {
  changeSchedule,
  deleteSchedule,
  insertSchedule,
  type LockedSchedule,
  lockSchedule,
  readClock,
} from '../../stores/schedules/writes.ts';
import { selectWithinScope } from '../access/granted-scope.ts';
import type { Admission, Outcome } from '../commands/gate.ts';
import { requireInstance, requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { chooseImageWorkflows } from '../images/create-image.ts';

/** What a command on a schedule brought about. */
interface OnSchedule extends Outcome {
  readonly scheduleId: string;
}

/** The schedule, locked. NOT_FOUND for an unknown one, and for one that the caller may not see. */
async function requireVisible(admission: Admission, id: string): Promise<LockedSchedule> {
  const { tx, caller, watch } = admission;
  const schedule = isUuid(id) ? await lockSchedule(tx, id) : null;
  if (schedule === null) throw notFound('schedule', 'scheduleId');
  if (schedule.instanceId !== null) {
    await watch?.requireInScope(tx, caller, { noun: 'instance', id: schedule.instanceId, field: 'scheduleId' });
  } else if (!isWithinScope(schedule.selector ?? {}, caller.scope ?? {})) throw notFound('schedule', 'scheduleId');
  return schedule;
}

/** The same, of this server's platform. */
async function requireSchedule(admission: Admission, id: string): Promise<LockedSchedule> {
  const schedule = await requireVisible(admission, id);
  requireOwnPlatform(admission, 'schedule', schedule);
  return schedule;
}

const NEVER_DUE = { lastDueAt: null, dueBeforeAt: null };

function nextDue(schedule: Pick<LockedSchedule, 'enabled' | 'cron' | 'timeZone'>, now: Date): Date | null {
  if (!schedule.enabled) return null;
  const recurrence = readRecurrence(schedule.cron, schedule.timeZone);
  // Of what an input says this was looked at before; what is stored another release may have taken.
  if (recurrence === null) {
    throw invalidInput(
      'timeZone',
      'timeZone',
      'This server cannot tell the times of the schedule: change its timeZone or its cron.',
    );
  }
  return recurrence.nextAfter(now);
}

const requireMade = (admission: Admission, { scheduleId }: OnSchedule) => requireVisible(admission, scheduleId);

async function writeNewSchedule(admission: Admission, input: CreateSchedule, method: ImageMethod): Promise<OnSchedule> {
  const { tx, platformId } = admission;
  if (input.instanceId != null) {
    const instance = await requireInstance(admission, input.instanceId);
    requireOwnPlatform(admission, 'instance', instance);
    if (['DELETING', 'DELETED', 'FAILED'].includes(instance.state)) {
      throw new AppError(
        'CONFLICT',
        `The instance "${instance.name}" is ${instance.state}: there is nothing to image.`,
      );
    }
  }
  const now = await readClock(tx);
  const times = { enabled: input.enabled ?? true, cron: input.cron.trim(), timeZone: input.timeZone ?? 'UTC' };
  const id = randomUUID();
  await insertSchedule(tx, {
    ...times,
    id,
    name: input.name,
    platform: platformId,
    selector: input.instanceId == null ? { ...selectWithinScope(admission.caller, input.selector ?? {}) } : null,
    instanceId: input.instanceId ?? null,
    method,
    retention: input.retention,
    drillEvery: input.drillEvery ?? null,
    concurrency: input.concurrency ?? DEFAULT_CONCURRENCY,
    ...NEVER_DUE,
    nextDueAt: nextDue(times, now),
    promisedSince: now,
  });
  return { scheduleId: id };
}

async function writeScheduleChange(admission: Admission, input: UpdateSchedule): Promise<OnSchedule> {
  const { tx } = admission;
  const schedule = await requireSchedule(admission, input.scheduleId);
  if (input.selector != null && schedule.instanceId !== null) {
    throw invalidInput(
      'selector',
      'ofOneInstance',
      `The schedule "${schedule.name}" is of one instance: leave selector out, or make another schedule.`,
    );
  }
  const times = {
    enabled: input.enabled ?? schedule.enabled,
    cron: input.cron?.trim() ?? schedule.cron,
    timeZone: input.timeZone ?? schedule.timeZone,
  };
  const isOtherwise =
    times.enabled !== schedule.enabled || times.cron !== schedule.cron || times.timeZone !== schedule.timeZone;
  const now = await readClock(tx);
  await changeSchedule(tx, schedule.id, {
    ...(isOtherwise ? { ...times, ...NEVER_DUE, nextDueAt: nextDue(times, now), promisedSince: now } : {}),
    ...(input.name == null ? {} : { name: input.name }),
    ...(input.selector == null ? {} : { selector: { ...selectWithinScope(admission.caller, input.selector) } }),
    ...(input.method == null ? {} : { method: input.method }),
    ...(input.retention == null ? {} : { retention: input.retention }),
    ...(input.drillEvery === undefined ? {} : { drillEvery: input.drillEvery }),
    ...(input.concurrency == null ? {} : { concurrency: input.concurrency }),
  });
  return { scheduleId: schedule.id };
}

async function writeManualRun(
  admission: Admission,
  scheduleId: string,
): Promise<OnSchedule & { readonly runId: string }> {
  const { tx } = admission;
  const schedule = await requireSchedule(admission, scheduleId);
  const underWay = await readRunUnderWay(tx, schedule.id);
  if (underWay !== null) {
    const operationId = await readOperationOfRun(tx, underWay.id);
    throw new AppError(
      'CONFLICT',
      `The run of "${schedule.name}" that was due at ${underWay.dueAt.toISOString()} is under way: wait for its end.`,
      { details: operationId === null ? {} : { operationId } },
    );
  }
  const now = await readClock(tx);
  const run = await beginRun(tx, schedule, { dueAt: now, now });
  if (run === null) throw new AppError('CONFLICT', 'A run of this very moment is there already: try again.');
  return { scheduleId: schedule.id, runId: run.id };
}

/** The commands on schedules; the same promises as the commands on instances. */
export function createScheduleCommands(
  dependencies: Pick<CommandDependencies, 'gate' | 'platform' | 'defaultMethod'>,
): ScheduleCommands {
  const { gate } = dependencies;
  const requireMethod = async ({ method }: Pick<UpdateSchedule, 'method'>) =>
    void chooseImageWorkflows({ method }, dependencies);
  return {
    create: (caller, input) =>
      gate.run({
        mutation: 'createSchedule',
        caller,
        input,
        target: null,
        made: ({ scheduleId }: OnSchedule) => scheduleId,
        prepare: async () => chooseImageWorkflows(input, dependencies),
        write: (admission, { method }) => writeNewSchedule(admission, input, method),
        requireMade,
      }),
    update: (caller, input) =>
      gate.run({
        mutation: 'updateSchedule',
        caller,
        input: {},
        target: input.scheduleId,
        prepare: () => requireMethod(input),
        write: (admission) => writeScheduleChange(admission, input),
      }),
    delete: (caller, input) =>
      gate.run({
        mutation: 'deleteSchedule',
        caller,
        input: {},
        target: input.scheduleId,
        write: async (admission): Promise<OnSchedule> => {
          const schedule = await requireSchedule(admission, input.scheduleId);
          await deleteSchedule(admission.tx, schedule.id);
          return { scheduleId: schedule.id };
        },
      }),
    run: (caller, input) =>
      gate.run({
        mutation: 'runSchedule',
        caller,
        input,
        target: input.scheduleId,
        write: (admission) => writeManualRun(admission, input.scheduleId),
        requireMade,
      }),
  };
}
