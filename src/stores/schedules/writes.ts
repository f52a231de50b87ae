import { and, asc, eq, gt, lte, notInArray, sql } from 'drizzle-orm';
import { schedules } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { refuseHeldName } from '../commands/held-names.ts';

/** A schedule, its row locked until the transaction ends. */
export type LockedSchedule = typeof schedules.$inferSelect;

/** What a new schedule is recorded with. */
export type NewSchedule = Omit<LockedSchedule, 'revision' | 'createdAt' | 'updatedAt'>;

/** What of a schedule can be changed. */
export type ScheduleChange = Partial<Omit<NewSchedule, 'id' | 'platform' | 'instanceId'>>;

/** CONFLICT when another schedule has the name. */
export async function insertSchedule(tx: Transaction, schedule: NewSchedule): Promise<void> {
  try {
    await inside(tx).insert(schedules).values(schedule);
  } catch (error) {
    throw refuseHeldName(error);
  }
}

/** The same for a change of a locked schedule. */
export async function changeSchedule(tx: Transaction, id: string, change: ScheduleChange): Promise<void> {
  if (Object.keys(change).length === 0) return;
  try {
    await inside(tx).update(schedules).set(change).where(eq(schedules.id, id));
  } catch (error) {
    throw refuseHeldName(error);
  }
}

/** Deletes a schedule with its runs. */
export async function deleteSchedule(tx: Transaction, id: string): Promise<void> {
  await inside(tx).delete(schedules).where(eq(schedules.id, id));
}

/** The row as it stands when all earlier changes are committed; nobody else changes it until the transaction ends. */
export async function lockSchedule(tx: Transaction, id: string): Promise<LockedSchedule | null> {
  const [row] = await inside(tx).select().from(schedules).where(eq(schedules.id, id)).for('update');
  return row ?? null;
}

const isNone = (ids: readonly string[]) => (ids.length === 0 ? undefined : notInArray(schedules.id, [...ids]));

/** One schedule of the platform that is due, none of these, and that nobody else is looking at, locked; the longest due first. */
export async function lockDueSchedule(
  tx: Transaction,
  platform: string,
  now: Date,
  except: readonly string[] = [],
): Promise<LockedSchedule | null> {
  const [row] = await inside(tx)
    .select()
    .from(schedules)
    .where(and(eq(schedules.platform, platform), lte(schedules.nextDueAt, now), isNone(except)))
    .orderBy(asc(schedules.nextDueAt))
    .limit(1)
    .for('update', { skipLocked: true });
  return row ?? null;
}

/** So much clocks of servers differ that stand in for each other. */
const SKEW = sql.raw(`interval '1 minute'`);

/** One schedule of the platform, none of these, that was written while the clock was ahead, by what stands in it, locked; null: none. */
export async function lockScheduleAhead(
  tx: Transaction,
  platform: string,
  now: Date,
  except: readonly string[] = [],
): Promise<LockedSchedule | null> {
  const [row] = await inside(tx)
    .select()
    .from(schedules)
    .where(
      and(
        eq(schedules.platform, platform),
        gt(schedules.updatedAt, sql`${now.toISOString()}::timestamptz + ${SKEW}`),
        isNone(except),
      ),
    )
    .limit(1)
    .for('update', { skipLocked: true });
  return row ?? null;
}

/** When the next of the platform's schedules is due; null when none ever is. */
export async function readNextDue({ orm }: Database, platform: string): Promise<Date | null> {
  const { rows } = await answered(
    orm.execute<{ due: string | null }>(
      sql`SELECT min(next_due_at)::text AS due FROM cms.schedules WHERE platform = ${platform}`,
    ),
  );
  const due = rows[0]?.due ?? null;
  return due === null ? null : new Date(due);
}

/** The moment that the database's clock shows: schedules go by no other one. */
export async function readClock(tx: Transaction): Promise<Date> {
  const { rows } = await inside(tx).execute<{ now: string }>(
    sql`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::text AS now`,
  );
  return new Date(Number(rows[0]?.now));
}
