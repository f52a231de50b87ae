import type { OperationEventRecord } from '../../resolvers/ports/records.ts';
import type { Database } from '../db/database.ts';
import type { Listener } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import { type EventPage, readEvents, readLastSequences } from '../stores/operations/events.ts';

/**
 * Wakes those who follow operations, and reads for them: once for all who stand at the same event. An event is the same
 * object to all who follow its operation at a time, so that what is made of it can be shared.
 */
export interface EventHub {
  /** Rings whenever the operation may have an event that was not there before. */
  join(operationId: string, ring: () => void): () => void;
  read(operationId: string, after: number): Promise<EventPage | null>;
}

/** Events in one read: enough for most operations at once, little enough to be held for a slow reader. */
export const PAGE_SIZE = 200;
/** Readings of one operation that are kept at a time, and its newest events that are. */
const READS_KEPT = 8;
const RECENT_KEPT = 32;
/** A notification is only quicker than this look. */
const LOOK_MS = 3000;

export function createEventHub(database: Database, listener: Pick<Listener, 'subscribe'>, log: Logger): EventHub {
  const rings = new Map<string, Set<() => void>>();
  const told = new Map<string, number>();
  const reads = new Map<string, Map<number, Promise<EventPage | null>>>();
  const recent = new Map<string, Map<number, OperationEventRecord>>();
  let close: (() => void) | null = null;

  /** The page with those of its events that were read before as they were read then. */
  function share(operationId: string, page: EventPage | null): EventPage | null {
    if (page === null || !rings.has(operationId)) return page;
    const known = recent.get(operationId) ?? new Map<number, OperationEventRecord>();
    recent.set(operationId, known);
    const events = page.events.map((event) => {
      const shared = known.get(event.sequence) ?? event;
      known.set(event.sequence, shared);
      return shared;
    });
    for (const oldest of known.keys()) {
      if (known.size <= RECENT_KEPT) break;
      known.delete(oldest);
    }
    return { ...page, events };
  }

  function ring(operationId: string): void {
    // A read that is under way may have begun before the event was there: whoever comes now begins another.
    reads.delete(operationId);
    for (const each of rings.get(operationId) ?? []) each();
  }

  function onNotify(payload: string | null): void {
    if (payload === null) {
      for (const operationId of rings.keys()) ring(operationId);
      return;
    }
    const [operationId = '', sequence] = payload.split(':');
    if (!rings.has(operationId)) return;
    told.set(operationId, Math.max(Number(sequence), told.get(operationId) ?? 0));
    ring(operationId);
  }

  async function look(): Promise<void> {
    for (const [operationId, sequence] of await readLastSequences(database, [...rings.keys()])) {
      if (sequence <= (told.get(operationId) ?? 0) || !rings.has(operationId)) continue;
      told.set(operationId, sequence);
      ring(operationId);
    }
  }

  function open(): () => void {
    const unsubscribe = listener.subscribe('toygres_events', onNotify);
    const timer = setInterval(() => {
      look().catch(() => log.debug('a look for events failed; the next one comes'));
    }, LOOK_MS);
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }

  return {
    join(operationId, wake) {
      // Its own function, so that leaving takes away this one alone.
      const own = () => wake();
      rings.set(operationId, (rings.get(operationId) ?? new Set()).add(own));
      close ??= open();
      return () => {
        const of = rings.get(operationId);
        of?.delete(own);
        if (of?.size !== 0) return;
        rings.delete(operationId);
        reads.delete(operationId);
        recent.delete(operationId);
        told.delete(operationId);
        if (rings.size > 0) return;
        close?.();
        close = null;
      };
    },
    read(operationId, after) {
      const of = reads.get(operationId) ?? new Map<number, Promise<EventPage | null>>();
      const known = of.get(after);
      if (known !== undefined) return known;
      const read = readEvents(database, operationId, after, PAGE_SIZE).then((page) => share(operationId, page));
      // Good until the operation is known to have another event, for as many as stand at different ones.
      for (const oldest of of.keys()) {
        if (of.size < READS_KEPT) break;
        of.delete(oldest);
      }
      of.set(after, read);
      if (rings.has(operationId)) reads.set(operationId, of);
      read.then(
        // A long one is of somebody who catches up.
        (page) => page !== null && page.events.length > RECENT_KEPT && of.delete(after),
        () => of.delete(after),
      );
      return read;
    },
  };
}
