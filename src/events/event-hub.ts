import type { Database } from '../db/database.ts';
import type { Listener } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import { type EventPage, readEvents, readLastSequences } from '../stores/operations/events.ts';

/** Wakes those who follow operations, and reads for them: once for all who stand at the same event. */
export interface EventHub {
  /** Rings whenever the operation may have an event that was not there before. */
  join(operationId: string, ring: () => void): () => void;
  read(operationId: string, after: number): Promise<EventPage | null>;
}

/** Events in one read: enough for most operations at once, little enough to be held for a slow reader. */
export const PAGE_SIZE = 200;
/** A notification is only quicker than this look. */
const LOOK_MS = 3000;

export function createEventHub(database: Database, listener: Pick<Listener, 'subscribe'>, log: Logger): EventHub {
  const rings = new Map<string, Set<() => void>>();
  const told = new Map<string, number>();
  const reads = new Map<string, Map<number, Promise<EventPage | null>>>();
  let close: (() => void) | null = null;

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
        told.delete(operationId);
        if (rings.size > 0) return;
        close?.();
        close = null;
      };
    },
    read(operationId, after) {
      const of = reads.get(operationId) ?? new Map<number, Promise<EventPage | null>>();
      const underWay = of.get(after);
      if (underWay !== undefined) return underWay;
      const read = readEvents(database, operationId, after, PAGE_SIZE).finally(() => {
        of.delete(after);
        if (of.size === 0 && reads.get(operationId) === of) reads.delete(operationId);
      });
      reads.set(operationId, of.set(after, read));
      return read;
    },
  };
}
