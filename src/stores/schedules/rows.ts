import { getTableColumns } from 'drizzle-orm';
import { scheduleRuns, schedules } from '../../../drizzle/tables/index.ts';
import type { ScheduleRecord, ScheduleRunRecord } from '../../../resolvers/ports/schedules.ts';

/** What every read of schedules selects. */
export const scheduleColumns = getTableColumns(schedules);
/** What every read of runs selects. */
export const runColumns = getTableColumns(scheduleRuns);

/** A schedule as the rest of the house knows it. */
export function toScheduleRecord(row: typeof schedules.$inferSelect): ScheduleRecord {
  const { nextDueAt: _next, lastDueAt: _last, dueBeforeAt: _before, ...record } = row;
  return record;
}

/** A run as the rest of the house knows it. */
export function toRunRecord(row: typeof scheduleRuns.$inferSelect): ScheduleRunRecord {
  return { ...row, createdAt: row.dueAt };
}
