import type { QueryClient } from '@tanstack/react-query';
import { ChangesDocument, type ChangesSubscription } from '../generated/graphql.ts';
import { api, InvalidInputError, UnauthenticatedError } from './client.ts';
import { onReopened } from './connection.ts';
import { mergeRecord } from './merge.ts';
import type { Noun } from './queries.ts';
import { signedOut } from './session.ts';

/** Answers are asked for again at most so often, however much changes. */
const ASK_AGAIN_MS = 700;
const NOUNS: readonly Noun[] = ['instance', 'image', 'operation', 'alert', 'schedule'];

/**
 * Keeps all answers up to date for as long as `signal` says: what changes is put into them, and those that may have become
 * other ones are asked for again. After a cut line everything that is looked at is asked for again, and following goes on
 * from the last change that was seen.
 */
export function startLive(queries: QueryClient, signal: AbortSignal): void {
  const stale = new Set<Noun>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const askAgain = () => {
    timer = undefined;
    const nouns = new Set(stale);
    stale.clear();
    void queries.invalidateQueries({ predicate: ({ meta }) => (meta?.nouns ?? []).some((noun) => nouns.has(noun)) });
  };
  const spoil = (noun: Noun) => {
    stale.add(noun);
    timer ??= setTimeout(askAgain, ASK_AGAIN_MS);
  };

  function put(change: ChangesSubscription['changes']): void {
    for (const noun of NOUNS) {
      const record = change[noun];
      if (record === null || record === undefined) continue;
      let isKnown = true;
      for (const query of queries.getQueryCache().getAll()) {
        const { data, found, moved } = mergeRecord(query.state.data, record);
        if (data !== query.state.data) query.setData(data, { manual: true, updatedAt: Date.now() });
        if ((query.meta?.nouns ?? []).includes(noun) && (!found || moved)) isKnown = false;
      }
      // Of operations all that moves is told; the others have what is worked out from elsewhere.
      if (!isKnown || noun !== 'operation') spoil(noun);
    }
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      try {
        const changes = api.changes(ChangesDocument, { signal, awayForMs: Number.POSITIVE_INFINITY });
        for await (const change of changes) put(change);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof UnauthenticatedError) return signedOut();
        // The place is too old to go on from: from now on, then, with everything asked for again.
        if (!(error instanceof InvalidInputError)) await new Promise((resolve) => setTimeout(resolve, 2_000));
        await queries.invalidateQueries();
      }
    }
  }

  const forget = onReopened(() => void queries.invalidateQueries());
  signal.addEventListener('abort', () => {
    forget();
    clearTimeout(timer);
  });
  void follow();
}
