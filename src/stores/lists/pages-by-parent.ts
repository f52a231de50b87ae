import { type Param, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Page, PageRequest } from '../../../resolvers/ports/queries.ts';
import { groupedByIds } from './keyed.ts';
import { buildPage, type Totals } from './keyset.ts';

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
