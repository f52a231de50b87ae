import type { QueryClient } from '@tanstack/react-query';
import { ChangesDocument, type ChangesSubscription, WhoAmIDocument } from '../generated/graphql.ts';
import { createJudge } from './changed.ts';
import { api, InvalidInputError, UnauthenticatedError } from './client.ts';
import { onReopened } from './connection.ts';
import { AGAIN_MS, pause } from './pause.ts';
import { askAllAgain, type Noun, told } from './queries.ts';
import { signedOut } from './session.ts';

/** Answers are asked for again at most so often, however much changes. */
const ASK_AGAIN_MS = 700;
const NOUNS: readonly Noun[] = ['instance', 'image', 'operation', 'alert', 'schedule'];

/**
 * Keeps all answers up to date for as long as `signal` says: what changes after a cursor is put into them, and those that may
 * have become other ones are asked for again. The cursor is older than every answer, so that nothing falls between them. After
 * a cut line everything that is looked at is asked for again, and following goes on from the last change that was seen.
 */
export function startLive(queries: QueryClient, cursor: string, signal: AbortSignal): void {
  const judge = createJudge();
  const old = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const askAgain = () => {
    timer = undefined;
    const hashes = new Set(old);
    old.clear();
    void queries.invalidateQueries({ predicate: ({ queryHash }) => hashes.has(queryHash) });
  };

  function put(change: ChangesSubscription['changes']): void {
    for (const noun of NOUNS) {
      const record = change[noun];
      if (record === null || record === undefined) continue;
      told.note(record, performance.now());
      const effectOn = judge(noun, record);
      for (const query of queries.getQueryCache().getAll()) {
        const { nouns = [], about } = query.meta ?? {};
        const { data, isOld } = effectOn({ data: query.state.data, nouns, about });
        if (data !== query.state.data) query.setData(data, { manual: true, updatedAt: Date.now() });
        if (isOld) old.add(query.queryHash);
      }
    }
    if (old.size > 0) timer ??= setTimeout(askAgain, ASK_AGAIN_MS);
  }

  async function follow(): Promise<void> {
    let after: string | null = cursor;
    while (!signal.aborted) {
      try {
        if (after === null) {
          // All that is looked at is of a time before this cursor, and may be older.
          after = (await api.request(WhoAmIDocument, {})).server.changesCursor;
          void askAllAgain();
        }
        const following = { after, signal, awayForMs: Number.POSITIVE_INFINITY };
        const changes: AsyncIterable<ChangesSubscription['changes']> = api.changes(ChangesDocument, following);
        for await (const change of changes) {
          after = change.cursor;
          put(change);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof UnauthenticatedError) return signedOut();
        // The place is too old to go on from: from a new one, then. Anything else may last, and loses no place.
        if (error instanceof InvalidInputError && error.details.rule === 'cursorTooOld') {
          after = null;
          continue;
        }
        await pause(AGAIN_MS, signal);
        if (!signal.aborted) void queries.invalidateQueries();
      }
    }
  }

  const forget = onReopened(() => void askAllAgain());
  signal.addEventListener('abort', () => {
    forget();
    clearTimeout(timer);
  });
  void follow();
}
