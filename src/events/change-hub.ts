import type { Listener } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import type { Snapshot } from '../stores/lists/change-feed.ts';
import type { Change, ChangedRows } from '../stores/lists/changed-rows.ts';

/** Passes every change of one noun's rows on to those who follow it, read once for all of them. */
export interface ChangeHub<T> {
  /** `only` limits it to one row. */
  join(only: string | null, onChange: (record: T) => void): () => void;
  readByIds(ids: readonly string[]): Promise<readonly T[]>;
}

export interface ChangeHubOptions<T> {
  /** As the notifications name it: 'instance' of 'instance:<id>'. */
  readonly noun: string;
  readonly rows: ChangedRows<T>;
  readonly listener: Pick<Listener, 'subscribe'>;
  readonly log: Logger;
}

/** Lasts as long as somebody follows. */
interface Session {
  close(): void;
}

/** A notification is only quicker than this look. */
const LOOK_MS = 3000;
/** How long it is remembered that a revision was told: a notification that comes late tells it once more. */
const REMEMBERED_MS = 60_000;
const BATCH = 500;

export function createChangeHub<T extends Change>(options: ChangeHubOptions<T>): ChangeHub<T> {
  const { noun, rows, listener, log } = options;
  const followers = new Map<(record: T) => void, string | null>();
  let session: Session | null = null;

  function publish(record: T): void {
    for (const [onChange, only] of followers) if (only === null || only === record.id) onChange(record);
  }
  /** Nobody reads what nobody follows. */
  function isFollowed(id: string): boolean {
    for (const only of followers.values()) if (only === null || only === id) return true;
    return false;
  }

  /** What a session remembers is what has changed within the last minute or so. */
  function open(): Session {
    const dirty = new Set<string>();
    const seen = new Map<string, { revision: number; at: number }>();
    let looked: Snapshot | null = null;
    let closed = false;
    let busy: Promise<void> | null = null;
    let again = true;

    const remember = ({ id, revision }: Change) => seen.set(id, { revision, at: performance.now() });
    const isNew = ({ id, revision }: Change) => revision > (seen.get(id)?.revision ?? 0);

    async function lookSince(): Promise<void> {
      // What happened before anybody followed is nobody's news.
      if (looked === null) {
        looked = await rows.readMoment();
        return;
      }
      const { moment, changes } = await rows.readSince(looked);
      for (const change of changes) if (isNew(change) && isFollowed(change.id)) dirty.add(change.id);
      looked = moment;
      const old = performance.now() - REMEMBERED_MS;
      for (const [id, { at }] of seen) if (at < old) seen.delete(id);
    }

    async function readDirty(): Promise<void> {
      while (dirty.size > 0 && !closed) {
        const ids = [...dirty].slice(0, BATCH);
        for (const id of ids) dirty.delete(id);
        try {
          for (const record of await rows.readByIds(ids)) {
            if (!isNew(record)) continue;
            remember(record);
            if (!closed) publish(record);
          }
        } catch (error) {
          for (const id of ids) dirty.add(id);
          throw error;
        }
      }
    }

    async function work(): Promise<void> {
      if (again) {
        again = false;
        try {
          await lookSince();
        } catch (error) {
          again = true;
          throw error;
        }
      }
      await readDirty();
    }

    function start(): void {
      if (closed || busy !== null) return;
      busy = work().then(
        () => {
          busy = null;
          if (again || dirty.size > 0) start();
        },
        () => {
          // The next look tries again.
          busy = null;
          log.debug({ noun }, 'changes could not be read');
        },
      );
    }

    const unsubscribe = listener.subscribe('toygres_changes', (payload) => {
      if (payload === null) again = true;
      else {
        const [of, id = ''] = payload.split(':');
        if (of !== noun || !isFollowed(id)) return;
        dirty.add(id);
      }
      start();
    });
    const timer = setInterval(() => {
      again = true;
      start();
    }, LOOK_MS);
    start();
    return {
      close() {
        closed = true;
        unsubscribe();
        clearInterval(timer);
      },
    };
  }

  return {
    join(only, onChange) {
      const own = (record: T) => onChange(record);
      followers.set(own, only);
      session ??= open();
      return () => {
        if (!followers.delete(own) || followers.size > 0) return;
        session?.close();
        session = null;
      };
    },
    readByIds: (ids) => rows.readByIds(ids),
  };
}
