import { and, count, like, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Cursor, Page, PageRequest } from '../../../resolvers/ports/queries.ts';

/** The two columns that order every list: newest first, then id. */
export interface Keyset {
  readonly createdAt: PgColumn;
  readonly id: PgColumn;
}

/** How many rows a list has in all, and how many of them stand before the page. */
export interface Totals {
  readonly total: number;
  readonly before: number;
}

/** The order of lists, said as the indexes have it: without NULLS LAST PostgreSQL sorts the whole table instead. */
export function newestFirst({ createdAt, id }: Keyset): [SQL, SQL] {
  return [sql`${createdAt} desc nulls last`, sql`${id} desc nulls last`];
}

/** A cursor, or the places of one in a prepared statement. */
type CursorPlace = Readonly<Record<keyof Cursor, string | Placeholder>>;

/** What a page of a prepared statement is given; `valuesOfPage` fills it. */
const PLACES: CursorPlace = { createdAt: sql.placeholder('createdAt'), id: sql.placeholder('id') };

/** The limit of a page in a prepared statement: one more than it holds. */
export const LIMIT_PLACE = sql.placeholder('limit');

/** The kinds of pages that are prepared apart. */
export const kindOfPage = ({ after, brief }: PageRequest) =>
  `${after === null ? 'first' : 'further'}${brief ? ' brief' : ''} page`;

/** What of a page a prepared statement is made of. */
export function placesOfPage({ after }: PageRequest): { readonly after: CursorPlace | null } {
  return { after: after === null ? null : PLACES };
}

/** What it is given. */
export function valuesOfPage({ first, after }: PageRequest): Record<string, unknown> {
  return { limit: first + 1, ...(after ?? {}) };
}

function compare({ createdAt, id }: Keyset, operator: '<' | '>=', cursor: CursorPlace): SQL {
  return sql`(${createdAt}, ${id}) ${sql.raw(operator)} (${cursor.createdAt}::timestamptz, ${cursor.id}::uuid)`;
}

/** The rows that follow the cursor and meet the condition. */
export function following(
  keyset: Keyset,
  page: { readonly after: CursorPlace | null },
  condition: SQL | undefined,
): SQL | undefined {
  return page.after === null ? condition : and(condition, compare(keyset, '<', page.after));
}

/** The rows that were created within these bounds, the bounds themselves outside; undefined where there are none. */
export function within(
  { createdAt }: Keyset,
  span: { readonly createdBefore?: Date | null | undefined; readonly createdAfter?: Date | null | undefined },
): SQL | undefined {
  return and(
    span.createdBefore == null ? undefined : sql`${createdAt} < ${span.createdBefore.toISOString()}::timestamptz`,
    span.createdAfter == null ? undefined : sql`${createdAt} > ${span.createdAfter.toISOString()}::timestamptz`,
  );
}

/** The rows of totals, where anybody asks for them. */
export async function counting<T>(
  { counted = true }: PageRequest,
  count: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  return counted ? count() : [];
}

/** What to select for `Totals`; it counts the cursor's own row as one before the page. */
export function totalsOf(keyset: Keyset, page: PageRequest) {
  const before = page.after === null ? sql`0` : sql`count(*) filter (where ${compare(keyset, '>=', page.after)})`;
  return { total: count(), before: before.mapWith(Number) };
}

/** A page of the rows read with a limit of one more than it holds: the further one tells that there is a next page. */
export function buildPage<T>(rows: readonly T[], totals: Totals | undefined, page: PageRequest): Page<T> {
  return {
    rows: rows.slice(0, page.first),
    hasNextPage: rows.length > page.first,
    hasPreviousPage: (totals?.before ?? 0) > 0,
    totalCount: totals?.total ?? 0,
  };
}

/** So many of the newest rows are looked through first. */
const NEWEST_LOOKED_THROUGH = 500;

/** What is looked for in names; an empty text is not looked for. */
export interface NameSearch {
  readonly nameContains?: string | null | undefined;
  readonly nameStartsWith?: string | null | undefined;
}

export const isNameSearch = ({ nameContains, nameStartsWith }: NameSearch) => Boolean(nameContains || nameStartsWith);

const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** Names that hold these texts, wildcards and all taken literally. */
export function holds(name: PgColumn, { nameContains, nameStartsWith }: NameSearch): SQL | undefined {
  return and(
    nameContains ? like(name, `%${literal(nameContains)}%`) : undefined,
    nameStartsWith ? like(name, `${literal(nameStartsWith)}%`) : undefined,
  );
}

/**
 * The same, found by indexes: one knows all that is one to three letters long in each name (`cms.parts`, in the migrations), and
 * one how each name begins.
 */
export function holding(name: PgColumn, search: NameSearch): SQL | undefined {
  const { nameContains: text } = search;
  const parts = text && (text.length < 3 ? sql`ARRAY[${text}::text]` : sql`cms.threes(${text})`);
  return and(parts ? sql`cms.parts(${name}) @> ${parts}` : undefined, holds(name, search));
}

/**
 * The first rows of a list that meet a condition which many rows meet, or hardly any, and nobody can tell beforehand: of the
 * many some are among the newest, and the few are found by an index, which would find too many of the others.
 */
export async function inTwoLooks<R>(
  limit: number,
  amongNewest: (looked: number) => Promise<R[]>,
  byIndex: () => Promise<R[]>,
): Promise<R[]> {
  const newest = await amongNewest(NEWEST_LOOKED_THROUGH);
  return newest.length === limit ? newest : byIndex();
}
