import { hashKey, MutationCache, QueryCache, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, type ToygresError, type TypedDocument, UnauthenticatedError, UnavailableError } from './client.ts';
import { mergeRecord } from './merge.ts';
import { signedOut } from './session.ts';
import { createToldRecords } from './told.ts';

/** A noun whose changes are followed. */
export type Noun = 'instance' | 'image' | 'operation' | 'alert' | 'schedule';

export interface QueryOptions {
  /** Whose changes may make the answer another one; records in it are kept up to date in any case. */
  readonly nouns?: readonly Noun[];
  /** The id of the record that the answer is all about: changes of others that do not name it leave it as it is. */
  readonly about?: string;
  readonly enabled?: boolean;
  /** For what is not followed: asked again after so many ms. */
  readonly everyMs?: number;
}

const onError = (error: Error) => {
  if (error instanceof UnauthenticatedError) signedOut();
};

/** What could not be reached is asked for again so late, by itself, while somebody looks at it. */
const AWAY_MS = 10_000;

/** What each question was answered with that has no better answer yet: it is shown until there is one. */
const refusals = new Map<string, Error>();

export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError(error, { queryHash }) {
      refusals.set(queryHash, error);
      onError(error);
    },
    onSuccess: (_data, { queryHash }) => void refusals.delete(queryHash),
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // What changes is told, so that nothing gets old by itself.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/**
 * Asks again for all that is looked at, after the line was cut. What is under way is given up: its answer may never come, and
 * where there is none yet, asking again would wait for it.
 */
export async function askAllAgain(): Promise<void> {
  refusals.clear();
  await queries.cancelQueries();
  await queries.invalidateQueries();
}

/** How a question goes on that could not be answered: at once a few times, then seldom, for as long as it is looked at. */
function goesOn(queryKey: readonly unknown[], everyMs: number | false = false) {
  const hash = hashKey(queryKey);
  return {
    retry: (count: number, error: Error) => count < 2 && error instanceof UnavailableError && !refusals.has(hash),
    refetchInterval: ({ state }: { readonly state: { readonly error: Error | null } }) =>
      state.error instanceof UnavailableError ? AWAY_MS : everyMs,
  };
}

/** What is wrong with an answer, also while it is asked for again by itself; asked for by a press, it is forgotten first. */
function refusalOf(queryKey: readonly unknown[], query: { readonly error: Error | null; readonly isPending: boolean }) {
  return (query.error ?? (query.isPending ? refusals.get(hashKey(queryKey)) : null) ?? null) as ToygresError | null;
}

// Who comes back to a page is shown that it waits, and not what was wrong then.
queries.getQueryCache().subscribe(({ type, query }) => {
  if (type === 'observerRemoved' && query.getObserversCount() === 0) refusals.delete(query.queryHash);
});

/** What was told while questions were on their way. */
export const told = createToldRecords();

/** Puts a record, as a mutation has answered it, wherever it stands in what was asked for. */
export function putRecord(answered: { readonly id: string }): void {
  const record = answered as { readonly id: string } & Readonly<Record<string, unknown>>;
  told.note(record, performance.now());
  for (const query of queries.getQueryCache().getAll()) {
    const { data } = mergeRecord(query.state.data, record);
    if (data !== query.state.data) query.setData(data, { manual: true, updatedAt: Date.now() });
  }
}

/** The name of an operation, to know its answers by. */
export function nameOf(document: { toString(): string }): string {
  return /\b(?:query|mutation|subscription)\s+(\w+)/.exec(document.toString())?.[1] ?? document.toString();
}

async function ask<Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
): Promise<Data> {
  const askedAt = performance.now();
  return told.update(await api.request(document, variables, { signal }), askedAt);
}

/** The answer of a query, kept up to date while somebody looks at it. */
export function useApi<Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  { nouns = [], about, enabled = true, everyMs }: QueryOptions = {},
) {
  const queryKey = [nameOf(document), variables];
  const query = useQuery<Data, ToygresError>({
    queryKey,
    queryFn: ({ signal }) => ask(document, variables, signal),
    meta: { nouns, about },
    enabled,
    ...goesOn(queryKey, everyMs),
  });
  return {
    data: query.data,
    error: refusalOf(queryKey, query),
    // Asked of the query only by those who show it.
    get isFetching() {
      return query.isFetching;
    },
    refetch: () => {
      refusals.delete(hashKey(queryKey));
      return query.refetch();
    },
  };
}

/** A page of a list as the API has it. */
export interface PageOf<Node> {
  readonly nodes: readonly Node[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/** A list, page after page: `more` brings the next. */
export function useList<Data, Variables extends { readonly after?: string | null | undefined }, Node>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  pageOf: (data: Data) => PageOf<Node>,
  { nouns = [], enabled = true }: Pick<QueryOptions, 'nouns' | 'enabled'> = {},
) {
  const queryKey = [nameOf(document), 'list', variables];
  const query = useInfiniteQuery<Data, ToygresError, { pages: Data[] }, readonly unknown[], string | null>({
    queryKey,
    queryFn: ({ signal, pageParam }) => ask(document, { ...variables, after: pageParam }, signal),
    initialPageParam: null,
    getNextPageParam: (last) => {
      const { pageInfo } = pageOf(last);
      return pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
    },
    meta: { nouns },
    enabled,
    ...goesOn(queryKey),
  });
  const pages = query.data?.pages.map(pageOf) ?? [];
  return {
    nodes: query.data === undefined ? null : pages.flatMap((page) => page.nodes),
    totalCount: pages.at(-1)?.totalCount ?? 0,
    error: refusalOf(queryKey, query),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    retry: () => {
      refusals.delete(hashKey(queryKey));
      void query.refetch();
    },
  };
}

/**
 * Brings pages of a list until there are so many rows, so that searching and sorting them asks nobody. A page that fails stops
 * it: `retry` of the list goes on.
 */
export function useWhole(list: ReturnType<typeof useList>, most: number): void {
  const { nodes, hasMore, isLoadingMore, error, more } = list;
  useEffect(() => {
    if (hasMore && !isLoadingMore && error === null && (nodes?.length ?? 0) < most) more();
  });
}

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly nouns?: readonly Noun[]; readonly about?: string | undefined };
    defaultError: Error;
  }
}
