import type { RetentionForm } from '../../schema/rules/schedule-rules.ts';
import type { ImageMethod, ScheduleRunState } from '../../schema/states.ts';
import type { Caller, Idempotent } from './commands.ts';
import type { Page, PageRequest } from './queries.ts';

/** A schedule as it stands in the CMS. */
export interface ScheduleRecord {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly enabled: boolean;
  readonly cron: string;
  readonly timeZone: string;
  /** Null for a schedule of one instance. */
  readonly selector: Readonly<Record<string, string>> | null;
  readonly instanceId: string | null;
  readonly method: ImageMethod;
  readonly retention: RetentionForm;
  readonly drillEvery: number | null;
  readonly concurrency: number;
  /** Since when its times stand as they do. */
  readonly promisedSince: Date;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A run of a schedule. */
export interface ScheduleRunRecord {
  readonly id: string;
  readonly scheduleId: string;
  readonly dueAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly state: ScheduleRunState;
  readonly message: string | null;
  /** The same as `dueAt`: runs stand in their lists by it. */
  readonly createdAt: Date;
}

/** Reads of schedules; each method is one SQL statement (a page with its count: at most two). */
export interface ScheduleQueries {
  byIds(ids: readonly string[]): Promise<readonly (ScheduleRecord | null)[]>;
  byName(name: string): Promise<ScheduleRecord | null>;
  page(page: PageRequest): Promise<Page<ScheduleRecord>>;
  runsByIds(ids: readonly string[]): Promise<readonly (ScheduleRunRecord | null)[]>;
  /** One page for each schedule, what was due last first. */
  runPages(scheduleIds: readonly string[], page: PageRequest): Promise<readonly Page<ScheduleRunRecord>[]>;
  /** The ids of the operations of each run that are still recorded, by the names of their instances. */
  operationsOfRuns(runIds: readonly string[]): Promise<readonly (readonly string[])[]>;
}

export interface CreateSchedule extends Idempotent {
  readonly name: string;
  readonly cron: string;
  readonly timeZone?: string | null | undefined;
  readonly selector?: Readonly<Record<string, string>> | null | undefined;
  readonly instanceId?: string | null | undefined;
  readonly method?: ImageMethod | null | undefined;
  readonly retention: RetentionForm;
  readonly drillEvery?: number | null | undefined;
  readonly concurrency?: number | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

export interface UpdateSchedule {
  readonly scheduleId: string;
  readonly name?: string | null | undefined;
  readonly cron?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly selector?: Readonly<Record<string, string>> | null | undefined;
  readonly method?: ImageMethod | null | undefined;
  readonly retention?: RetentionForm | null | undefined;
  /** Undefined: it stays; null: none from now on. */
  readonly drillEvery?: number | null | undefined;
  readonly concurrency?: number | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

export interface RunSchedule extends Idempotent {
  readonly scheduleId: string;
}

/** What callers can do to schedules; the same promises as the commands on instances. */
export interface ScheduleCommands {
  create(caller: Caller, input: CreateSchedule): Promise<{ readonly scheduleId: string }>;
  update(caller: Caller, input: UpdateSchedule): Promise<{ readonly scheduleId: string }>;
  /** Its runs are forgotten; the operations that they began go on. */
  delete(caller: Caller, input: { readonly scheduleId: string }): Promise<{ readonly scheduleId: string }>;
  /** CONFLICT while a run of it is under way. */
  run(caller: Caller, input: RunSchedule): Promise<{ readonly scheduleId: string; readonly runId: string }>;
}
