import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { scheduledImages, scheduleRuns, schedules } from '../../../drizzle/tables/index.ts';
import type { ScheduleQueries } from '../../../resolvers/ports/schedules.ts';
import { isName } from '../../../schema/rules/name-rules.ts';
import { SCHEDULE_NAME_MAX } from '../../../schema/rules/schedule-rules.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { schedulesWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, groupedByIds, inOrderOfIds } from '../lists/keyed.ts';
import { buildPage, counting, following, newestFirst, totalsOf } from '../lists/keyset.ts';
import { buildPages, parentId, parentRelation } from '../lists/pages-by-parent.ts';
import { runColumns, scheduleColumns, toRunRecord, toScheduleRecord } from './rows.ts';

/** Runs stand in their lists by the time at which they were due. */
const runKeyset = { createdAt: scheduleRuns.dueAt, id: scheduleRuns.id };

/** Reads schedules and their runs for the API; those outside of the scope are not there. */
export function createScheduleQueries({ orm }: Database, scope: Scope = EVERYTHING): ScheduleQueries {
  const within = schedulesWithin(scope);
  const ofVisible =
    within === undefined
      ? undefined
      : inArray(scheduleRuns.scheduleId, orm.select({ id: schedules.id }).from(schedules).where(within));
  return {
    async byIds(ids) {
      if (ids.length === 0) return [];
      const rows = await answered(
        orm
          .select(scheduleColumns)
          .from(schedules)
          .where(and(inArray(schedules.id, distinctIds(ids)), within)),
      );
      return inOrderOfIds(ids, rows.map(toScheduleRecord));
    },

    async byName(name) {
      if (!isName(name, SCHEDULE_NAME_MAX)) return null;
      const [row] = await answered(
        orm
          .select(scheduleColumns)
          .from(schedules)
          .where(and(eq(schedules.name, name), within)),
      );
      return row === undefined ? null : toScheduleRecord(row);
    },

    async page(page) {
      const [rows, [totals]] = await Promise.all([
        answered(
          orm
            .select(scheduleColumns)
            .from(schedules)
            .where(following(schedules, page, within))
            .orderBy(...newestFirst(schedules))
            .limit(page.first + 1),
        ),
        counting(page, () => answered(orm.select(totalsOf(schedules, page)).from(schedules).where(within))),
      ]);
      return buildPage(rows.map(toScheduleRecord), totals, page);
    },

    async runsByIds(ids) {
      if (ids.length === 0) return [];
      const rows = await answered(
        orm
          .select(runColumns)
          .from(scheduleRuns)
          .where(and(inArray(scheduleRuns.id, distinctIds(ids)), ofVisible)),
      );
      return inOrderOfIds(ids, rows.map(toRunRecord));
    },

    async runPages(scheduleIds, page) {
      if (scheduleIds.length === 0) return [];
      const ids = distinctIds(scheduleIds);
      const ofParent = and(sql`${scheduleRuns.scheduleId} = ${parentId}`, ofVisible);
      const child = orm
        .select(runColumns)
        .from(scheduleRuns)
        .where(following(runKeyset, page, ofParent))
        .orderBy(...newestFirst(runKeyset))
        .limit(page.first + 1)
        .as('child');
      const [rows, totals] = await Promise.all([
        answered(
          orm
            .select({ parentId: parentId.as('parent_id'), ...child._.selectedFields })
            .from(parentRelation(ids))
            .crossJoinLateral(child)
            .orderBy(...newestFirst({ createdAt: child.dueAt, id: child.id })),
        ),
        counting(page, () =>
          answered(
            orm
              .select({ parentId: scheduleRuns.scheduleId, ...totalsOf(runKeyset, page) })
              .from(scheduleRuns)
              .where(and(inArray(scheduleRuns.scheduleId, ids), ofVisible))
              .groupBy(scheduleRuns.scheduleId),
          ),
        ),
      ]);
      return buildPages(scheduleIds, rows, totals, page, toRunRecord);
    },

    async operationsOfRuns(runIds) {
      if (runIds.length === 0) return [];
      const began = sql<string>`unnest(array_remove(ARRAY[${scheduledImages.operationId}, ${scheduledImages.drillOperationId}], NULL))`;
      const rows = await answered(
        orm
          .select({ runId: scheduledImages.runId, operationId: began })
          .from(scheduledImages)
          .where(inArray(scheduledImages.runId, distinctIds(runIds)))
          .orderBy(asc(scheduledImages.instanceName), asc(scheduledImages.instanceId)),
      );
      return groupedByIds(
        runIds,
        rows,
        (row) => row.runId,
        ({ operationId }) => operationId,
      );
    },
  };
}
