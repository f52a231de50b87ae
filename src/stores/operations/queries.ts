import { and, asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm';
import { jobs, operationSteps, operations } from '../../../drizzle/tables/index.ts';
import type { OperationCriteria, OperationQueries } from '../../../resolvers/ports/queries.ts';
import type { JobRecord } from '../../../resolvers/ports/records.ts';
import type { FindingFacts } from '../../../schema/rules/finding-rules.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { belongingByIndex, belongingWithin, ofOperationWithin, operationsWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, groupedByIds, inOrderOfIds, ofIds } from '../lists/keyed.ts';
import { buildPage, counting, following, inTwoLooks, newestFirst, totalsOf, within } from '../lists/keyset.ts';
import { createPagesOf } from '../lists/pages-by-parent.ts';
import { createPrepareOnce } from '../prepared.ts';
import { briefOperations, operationColumns, stepColumns, toOperationRecord, toStepRecord } from './rows.ts';

type Parent = typeof operations.instanceId | typeof operations.imageId;

function matching(criteria: OperationCriteria): SQL | undefined {
  const { state, kind, instanceId, imageId } = criteria;
  return and(
    within(operations, criteria),
    state?.length ? inArray(operations.state, [...state]) : undefined,
    kind?.length ? inArray(operations.kind, [...kind]) : undefined,
    instanceId == null ? undefined : of(operations.instanceId, instanceId),
    imageId == null ? undefined : of(operations.imageId, imageId),
  );
}

function of(parent: Parent, id: string): SQL {
  return isUuid(id) ? eq(parent, id) : sql`false`;
}

const { kind: _kind, createdAt: _createdAt, ...jobColumns } = getTableColumns(jobs);

function toJobRecord(row: Omit<typeof jobs.$inferSelect, 'kind' | 'createdAt'>): JobRecord {
  return {
    id: row.id,
    operationId: row.operationId,
    namespace: row.namespace,
    name: row.name,
    platform: row.platform,
    state: row.state,
    attempts: row.attempts,
    exitCode: row.exitCode,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

/**
 * Reads operations, their steps and their jobs for the API. An empty list in the criteria asks for any. What is outside of
 * the scope is not there; steps, jobs and notices are read of operations that were found.
 */
export function createOperationQueries(database: Database, scope: Scope = EVERYTHING): OperationQueries {
  const { orm } = database;
  const within = operationsWithin(scope);
  const prepared = createPrepareOnce(database);
  const pagesOf = createPagesOf(database, prepared, {
    table: operations,
    columns: operationColumns,
    toRecord: toOperationRecord,
    brief: briefOperations,
    condition: within,
  });

  return {
    async byIds(ids) {
      if (ids.length === 0) return [];
      const read = prepared('by ids', () =>
        orm
          .select(operationColumns)
          .from(operations)
          .where(and(ofIds(operations.id), within)),
      );
      const rows = await read({ ids: distinctIds(ids) });
      return inOrderOfIds(ids, rows.map(toOperationRecord));
    },

    async page(criteria, page) {
      const condition = and(matching(criteria), within);
      const rowsOf = (where: SQL | undefined) =>
        orm
          .select(operationColumns)
          .from(operations)
          .where(following(operations, page, where))
          .orderBy(...newestFirst(operations));
      const limit = page.first + 1;
      const [rows, [totals]] = await Promise.all([
        within === undefined
          ? answered(rowsOf(condition).limit(limit))
          : inTwoLooks(
              limit,
              (looked) => {
                const newest = rowsOf(matching(criteria)).limit(looked).as('newest');
                return answered(
                  orm
                    .select()
                    .from(newest)
                    .where(belongingWithin(scope, newest))
                    .orderBy(...newestFirst(newest))
                    .limit(limit),
                );
              },
              () => answered(rowsOf(and(matching(criteria), belongingByIndex(scope, operations))).limit(limit)),
            ),
        counting(page, () => answered(orm.select(totalsOf(operations, page)).from(operations).where(condition))),
      ]);
      return buildPage(rows.map(toOperationRecord), totals, page);
    },

    pagesOfInstances: (instanceIds, page) => pagesOf(operations.instanceId, instanceIds, page),

    pagesOfImages: (imageIds, page) => pagesOf(operations.imageId, imageIds, page),

    async steps(operationIds) {
      if (operationIds.length === 0) return [];
      const read = prepared('steps', () =>
        orm
          .select(stepColumns)
          .from(operationSteps)
          .where(ofIds(operationSteps.operationId))
          .orderBy(asc(operationSteps.position)),
      );
      const rows = await read({ ids: distinctIds(operationIds) });
      return groupedByIds(operationIds, rows, (row) => row.operationId, toStepRecord);
    },

    async jobs(operationIds) {
      if (operationIds.length === 0) return [];
      const read = prepared('jobs', () =>
        orm.select(jobColumns).from(jobs).where(ofIds(jobs.operationId)).orderBy(asc(jobs.createdAt), asc(jobs.id)),
      );
      const rows = await read({ ids: distinctIds(operationIds) });
      return groupedByIds(operationIds, rows, (row) => row.operationId, toJobRecord);
    },

    async notices(operationIds) {
      if (operationIds.length === 0) return [];
      const said = sql<string>`jsonb_array_elements_text(${operationSteps.result} -> 'notices')`;
      const rows = await answered(
        orm
          .select({ operationId: operationSteps.operationId, notice: said })
          .from(operationSteps)
          .where(
            and(
              inArray(operationSteps.operationId, distinctIds(operationIds)),
              sql`jsonb_typeof(${operationSteps.result} -> 'notices') = 'array'`,
            ),
          )
          .orderBy(asc(operationSteps.position)),
      );
      return groupedByIds(
        operationIds,
        rows,
        (row) => row.operationId,
        ({ notice }) => notice,
      );
    },

    async findings(operationIds) {
      if (operationIds.length === 0) return [];
      const found = sql<FindingFacts>`jsonb_array_elements(${operationSteps.result} -> 'findings')`;
      const rows = await answered(
        orm
          .select({ operationId: operationSteps.operationId, finding: found })
          .from(operationSteps)
          .where(
            and(
              inArray(operationSteps.operationId, distinctIds(operationIds)),
              sql`jsonb_typeof(${operationSteps.result} -> 'findings') = 'array'`,
            ),
          )
          .orderBy(asc(operationSteps.position)),
      );
      return groupedByIds(
        operationIds,
        rows,
        (row) => row.operationId,
        ({ finding }) => finding,
      );
    },

    async job(id) {
      if (!isUuid(id)) return null;
      const [row] = await answered(
        orm
          .select(jobColumns)
          .from(jobs)
          .where(and(eq(jobs.id, id), ofOperationWithin(scope, jobs.operationId))),
      );
      return row === undefined ? null : toJobRecord(row);
    },
  };
}
