import type { GraphQLResolveInfo } from 'graphql';
import { checkPage } from '../schema/rules/paging-rules.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Page, PageRequest } from './ports/queries.ts';
import { namesOfRows, selectedNames } from './selection.ts';

/** How many entries a page has when the caller does not say. */
export const DEFAULT_FIRST = 20;

/**
 * What every list takes: how many, and after which. What is not asked for beneath it is not counted. Throws INVALID_INPUT
 * for a size or cursor out of form.
 */
export function readPage(
  first: number | null | undefined,
  after: string | null | undefined,
  info: GraphQLResolveInfo,
): PageRequest {
  const size = first ?? DEFAULT_FIRST;
  checkPage(size);
  const cursor = after == null ? null : decodeCursor(after);
  // pageInfo is the second level.
  const asked = selectedNames(info, 2);
  const counted = asked.has('totalCount') || (cursor !== null && asked.has('hasPreviousPage'));
  return { first: size, after: cursor, counted };
}

/** The same where rows may be brief, unless another field of them is asked for than these. */
export function readBriefPage(
  first: number | null | undefined,
  after: string | null | undefined,
  info: GraphQLResolveInfo,
  brief: ReadonlySet<string>,
): PageRequest {
  return { ...readPage(first, after, info), brief: [...namesOfRows(info)].every((name) => brief.has(name)) };
}

interface Row {
  readonly id: string;
  readonly createdAt: Date;
}

/** A page in the form of Relay's connections: https://relay.dev/graphql/connections.htm */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

/** Builds the connection that shows a page. Cursors are written where somebody asks for them. */
export function buildConnection<T extends Row>(page: Page<T>): Connection<T> {
  const { rows, hasNextPage, hasPreviousPage, totalCount } = page;
  const cursorAt = (at: number): string | null => {
    const row = rows.at(at);
    return row === undefined ? null : encodeCursor(row);
  };
  return {
    get edges() {
      return rows.map((node) => ({ cursor: encodeCursor(node), node }));
    },
    nodes: rows,
    get pageInfo() {
      return { hasNextPage, hasPreviousPage, startCursor: cursorAt(0), endCursor: cursorAt(-1) };
    },
    totalCount,
  };
}

/** What a filter finds that names an id which nothing can have. */
export const EMPTY_PAGE: Page<never> = { rows: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 };
