import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** Answers in the order of the keys, whatever the order of the rows; ids are the same in either case. */
export function inOrderOfIds<T extends { readonly id: string }>(
  ids: readonly string[],
  records: readonly T[],
): readonly (T | null)[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
}

/** The rows of each key, in the order of the keys and, for one key, of the rows. */
export function groupedByIds<R, T>(
  ids: readonly string[],
  rows: readonly R[],
  keyOf: (row: R) => string | null,
  toValue: (row: R) => T,
): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>(ids.map((id) => [id.toLowerCase(), []]));
  for (const row of rows) groups.get(keyOf(row) ?? '')?.push(toValue(row));
  return ids.map((id) => groups.get(id.toLowerCase()) ?? []);
}

/** The rows of these ids: `ids` of a prepared statement. */
export function ofIds(column: PgColumn): SQL {
  return sql`${column} = any(${sql.placeholder('ids')}::uuid[])`;
}

/** Each id once, as PostgreSQL writes it. */
export function distinctIds(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}
