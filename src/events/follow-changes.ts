import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeRecord } from '../../resolvers/ports/records.ts';
import { isDatabaseUnavailable } from '../db/errors.ts';
import { isPast, isWithin, placeBefore } from '../stores/lists/change-feed.ts';
import { createBell } from './bell.ts';
import { cursorTooOld, decodeChangeCursor } from './change-cursor.ts';
import type { ChangeFeedHub, RecordedPage } from './change-feed-hub.ts';

const RETRY_MS = 1000;

/**
 * Every change after a cursor in one order over all nouns, or from now on. Throws INVALID_INPUT for a cursor that is none,
 * or too old. Holds no more than a page, however slow its reader is.
 */
export async function* followChanges(
  hub: ChangeFeedHub,
  cursor: string | null,
  left: AbortSignal,
): AsyncGenerator<ChangeRecord, void, void> {
  const given = cursor === null ? null : decodeChangeCursor(cursor);
  const bell = createBell();
  const leave = hub.join(bell.ring);
  try {
    // What happened before somebody came without a cursor is no news, whatever its place.
    let except = given === null ? await hub.readSnapshot() : null;
    let place = given ?? placeBefore(except ?? '');
    for (let begun = false; !left.aborted; begun = true) {
      let page: RecordedPage;
      try {
        page = await hub.read(place);
      } catch (error) {
        // Who follows already only waits a little longer.
        if (!begun || !isDatabaseUnavailable(error)) throw error;
        await delay(RETRY_MS, undefined, { signal: left }).catch(() => undefined);
        continue;
      }
      if (page.isTooOld) throw cursorTooOld();
      for (const change of page.changes) {
        if (except === null || !isWithin(except, decodeChangeCursor(change.cursor).xid)) yield change;
      }
      place = page.end;
      if (except !== null && page.isLast && isPast(except, place)) except = null;
      if (page.isLast) await bell.wait(left);
    }
  } finally {
    leave();
  }
}
