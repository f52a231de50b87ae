import { and, inArray, type Param, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable, SelectedFields } from 'drizzle-orm/pg-core';
import type { Page, PageRequest } from '../../../resolvers/ports/queries.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import type { Preparable, PrepareOnce } from '../prepared.ts';
import type { BriefRows } from './brief-rows.ts';
import { distinctIds, groupedByIds } from './keyed.ts';
import {
  buildPage,
  counting,
  following,
  type Keyset,
  kindOfPage,
  LIMIT_PLACE,
  newestFirst,
  placesOfPage,
  type Totals,
  totalsOf,
  valuesOfPage,
} from './keyset.ts';

/** The parents as a relation `parent(id)`, to join a page of each with. */
export function parentRelation(ids: readonly string[]): SQL {
  return relationOf(sql.param(ids));
}

/** The same in a prepared statement, which is given them as `ids`. */
export const PARENTS = relationOf(sql.placeholder('ids'));

function relationOf(ids: Param | Placeholder): SQL {
  return sql`unnest(${ids}::uuid[]) as parent(id)`;
}

/** The column of `parentRelation`. */
export const parentId = sql<string>`parent.id`;

/** One page for each parent, in the order of the ids, from the rows and totals of all of them. */
export function buildPages<R extends { readonly parentId: string }, T>(
  ids: readonly string[],
  rows: readonly R[],
  totals: readonly (Totals & { readonly parentId: string | null })[],
  page: PageRequest,
  toRecord: (row: R) => T,
): readonly Page<T>[] {
  const totalsById = new Map(totals.map((total) => [total.parentId, total]));
  return groupedByIds(ids, rows, (row) => row.parentId, toRecord).map((records, index) =>
    buildPage(records, totalsById.get(ids[index]?.toLowerCase() ?? null), page),
  );
}

/** What is listed by what it belongs to. */
export interface Listed<Row, Item, Columns> {
  readonly table: PgTable & Keyset;
  readonly columns: Columns;
  readonly toRecord: (row: Row) => Item;
  /** How a page is read of which little is asked. */
  readonly brief: BriefRows<Item, Columns>;
  /** What all rows of these lists meet. */
  readonly condition: SQL | undefined;
}

/** Reads a page for each parent by a column that names them, in one statement for the rows and one for what is counted. */
export type ReadPagesOf<Item> = (
  parent: PgColumn,
  parentIds: readonly string[],
  page: PageRequest,
) => Promise<readonly Page<Item>[]>;

/** Prepares one statement for each parent column and kind of page. */
export function createPagesOf<Row, Item, Columns extends SelectedFields>(
  { orm }: Database,
  prepared: PrepareOnce,
  { table, columns: allColumns, toRecord: toWholeRecord, brief, condition }: Listed<Row, Item, Columns>,
): ReadPagesOf<Item> {
  return async (parent, parentIds, page) => {
    if (parentIds.length === 0) return [];
    const ids = distinctIds(parentIds);
    const { columns, toRecord } = page.brief ? brief : { columns: allColumns, toRecord: toWholeRecord };
    const read = prepared(`${parent.name} ${kindOfPage(page)}`, () => {
      const ofParent = and(sql`${parent} = ${parentId}`, condition);
      const child = orm
        .select(columns as SelectedFields)
        .from(table)
        .where(following(table, placesOfPage(page), ofParent))
        .orderBy(...newestFirst(table))
        .limit(LIMIT_PLACE)
        .as('child');
      return orm
        .select({ parentId: parentId.as('parent_id'), ...child._.selectedFields })
        .from(PARENTS)
        .crossJoinLateral(child)
        .orderBy(...newestFirst(child as unknown as Keyset)) as unknown as Preparable<Row & { parentId: string }>;
    });
    const [rows, totals] = await Promise.all([
      read({ ...valuesOfPage(page), ids }),
      counting(page, () =>
        answered(
          orm
            .select({ parentId: parent, ...totalsOf(table, page) })
            .from(table)
            .where(and(inArray(parent, ids), condition))
            .groupBy(parent),
        ),
      ),
    ]);
    return buildPages(parentIds, rows, totals as (Totals & { parentId: string | null })[], page, toRecord);
  };
}
