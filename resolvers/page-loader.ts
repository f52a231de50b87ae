import DataLoader from 'dataloader';
import type { Page, PageRequest } from './ports/queries.ts';

/** Which page of which parent. */
export interface PageOfParent {
  readonly parentId: string;
  readonly page: PageRequest;
}

/** Pages by parent; see `createPageLoader`. */
export type PageLoader<T> = DataLoader<PageOfParent, Page<T>, string>;

function keyOfPage({ first, after, counted = true, brief = false }: PageRequest): string {
  const page = `${first}${counted ? '' : ' uncounted'}${brief ? ' brief' : ''}`;
  return after === null ? page : `${page} ${after.createdAt} ${after.id}`;
}

/**
 * Loads one page for each of many parents. Parents that ask for the same page share one call; a query that asks for
 * differing ones (under aliases) costs one call for each, whatever the number of parents.
 */
export function createPageLoader<T>(
  read: (parentIds: readonly string[], page: PageRequest) => Promise<readonly Page<T>[]>,
): PageLoader<T> {
  async function load(asked: readonly PageOfParent[]): Promise<(Page<T> | Error)[]> {
    const calls = new Map<string, { parentIds: string[]; page: PageRequest; answer?: readonly Page<T>[] }>();
    const places = asked.map(({ parentId, page }) => {
      const call = calls.get(keyOfPage(page)) ?? { parentIds: [], page };
      calls.set(keyOfPage(page), call);
      return { call, index: call.parentIds.push(parentId) - 1 };
    });
    await Promise.all(
      [...calls.values()].map(async (call) => {
        call.answer = await read(call.parentIds, call.page);
      }),
    );
    return places.map(({ call, index }) => call.answer?.[index] ?? new Error('a page was not answered'));
  }
  return new DataLoader(load, { cacheKeyFn: ({ parentId, page }) => `${parentId} ${keyOfPage(page)}` });
}
