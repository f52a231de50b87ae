import { randomUUID } from 'node:crypto';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { scheduleRuns, schedules } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { ScheduleRunState } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { storableText } from '../stored-text.ts';
import type { LockedSchedule } from './writes.ts';

export type StoredRun = typeof scheduleRuns.$inferSelect;

/** The run of a schedule that is under way, if there is one. */
export async function readRunUnderWay(tx: Transaction, scheduleId: string): Promise<StoredRun | null> {
  const [row] = await inside(tx)
    .select()
    .from(scheduleRuns)
    .where(and(eq(scheduleRuns.scheduleId, scheduleId), eq(scheduleRuns.state, 'RUNNING')));
  return row ?? null;
}

/** The run of a schedule that was due last of those that have ended and were not skipped. */
export async function readLastEnded(tx: Transaction, scheduleId: string): Promise<StoredRun | null> {
  const [row] = await inside(tx)
    .select()
    .from(scheduleRuns)
    .where(
      and(eq(scheduleRuns.scheduleId, scheduleId), inArray(scheduleRuns.state, ['SUCCEEDED', 'PARTIAL', 'FAILED'])),
    )
    .orderBy(desc(scheduleRuns.dueAt))
    .limit(1);
  return row ?? null;
}

/** Writes a run. One that is there already for the same time stays as it is, and the answer is false. */
export async function insertRun(tx: Transaction, run: StoredRun): Promise<boolean> {
  const written = await inside(tx)
    .insert(scheduleRuns)
    .values(run)
    .onConflictDoNothing({ target: [scheduleRuns.scheduleId, scheduleRuns.dueAt] })
    .returning({ id: scheduleRuns.id });
  return written.length > 0;
}

/**
 * Lays down the images that a run is to take: one of each RUNNING instance of the platform that its schedule names now.
 * Answers with how many that are.
 */
export async function insertPlannedImages(tx: Transaction, runId: string, schedule: LockedSchedule): Promise<number> {
  const named =
    schedule.instanceId === null
      ? sql`labels @> ${JSON.stringify(schedule.selector ?? {})}::jsonb`
      : sql`id = ${schedule.instanceId}::uuid`;
  const { rowCount } = await inside(tx).execute(sql`
    INSERT INTO cms.scheduled_images (run_id, instance_id, instance_name)
    SELECT ${runId}::uuid, id, name FROM cms.instances
    WHERE platform = ${schedule.platform} AND state = 'RUNNING' AND ${named}`);
  return rowCount ?? 0;
}

/**
 * Begins the run of a locked schedule that has none under way. A run that finds nothing to take has FAILED: nobody is to
 * believe that there are images. Answers with null when a run was written for the same time before.
 */
export async function beginRun(
  tx: Transaction,
  schedule: LockedSchedule,
  { dueAt, now }: { readonly dueAt: Date; readonly now: Date },
): Promise<StoredRun | null> {
  const run: StoredRun = {
    id: randomUUID(),
    scheduleId: schedule.id,
    dueAt,
    startedAt: now,
    finishedAt: null,
    state: 'RUNNING',
    message: null,
  };
  if (!(await insertRun(tx, run))) return null;
  const planned = await insertPlannedImages(tx, run.id, schedule);
  if (planned > 0) return run;
  const message =
    schedule.instanceId === null
      ? 'No instance with the labels of the selector is RUNNING: no image was taken.'
      : 'The instance of this schedule is not RUNNING: no image was taken.';
  await endRun(tx, run.id, { state: 'FAILED', message, at: now });
  return { ...run, state: 'FAILED', message, finishedAt: now };
}

/** Writes how a run ended. */
export async function endRun(
  tx: Transaction,
  runId: string,
  end: { readonly state: Exclude<ScheduleRunState, 'RUNNING'>; readonly message: string | null; readonly at: Date },
): Promise<void> {
  const message = end.message === null ? null : storableText(end.message);
  await inside(tx)
    .update(scheduleRuns)
    .set({ state: end.state, message, finishedAt: end.at })
    .where(eq(scheduleRuns.id, runId));
}

/** A run under way with its schedule. */
export interface LockedRun {
  readonly run: StoredRun;
  readonly schedule: LockedSchedule;
}

/** A run under way and its schedule, both locked until the transaction ends; null when somebody is looking at either. */
export async function lockRun(tx: Transaction, runId: string): Promise<LockedRun | null> {
  const [row] = await inside(tx)
    .select({ run: scheduleRuns, schedule: schedules })
    .from(scheduleRuns)
    .innerJoin(schedules, eq(schedules.id, scheduleRuns.scheduleId))
    .where(and(eq(scheduleRuns.id, runId), eq(scheduleRuns.state, 'RUNNING')))
    .for('update', { skipLocked: true });
  return row ?? null;
}

/** The ids of the platform's runs under way, the oldest first. */
export async function readRunsUnderWay({ orm }: Database, platform: string): Promise<readonly string[]> {
  const { rows } = await answered(
    orm.execute<{ id: string }>(sql`
      SELECT r.id FROM cms.schedule_runs r JOIN cms.schedules s ON s.id = r.schedule_id
      WHERE r.state = 'RUNNING' AND s.platform = ${platform} ORDER BY r.due_at`),
  );
  return rows.map(({ id }) => id);
}
