import type { ChangeRecord } from '../../resolvers/ports/records.ts';
import type { Database } from '../db/database.ts';
import type { Listener } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import {
  type ChangePage,
  type ChangePlace,
  type FedChange,
  readChanges,
  readSnapshot,
  type Snapshot,
} from '../stores/lists/change-feed.ts';
import { encodeChangeCursor } from './change-cursor.ts';

/** Changes with the records that they are of, as these stood when the changes were read. */
export interface RecordedPage extends Omit<ChangePage, 'changes'> {
  readonly changes: readonly ChangeRecord[];
}

/** Reads the present state of records of one noun; those that are gone are left out. */
export type ReadNoun = (ids: readonly string[]) => Promise<readonly ChangeRecord['record'][]>;

/** Wakes those who follow all changes, and reads for them: once for all who stand at the same place. */
export interface ChangeFeedHub {
  join(ring: () => void): () => void;
  readSnapshot(): Promise<Snapshot>;
  read(after: ChangePlace): Promise<RecordedPage>;
}

export interface ChangeFeedOptions {
  readonly database: Database;
  readonly listener: Pick<Listener, 'subscribe'>;
  readonly log: Logger;
  /** By the names that notifications and changes have for them. */
  readonly nouns: ReadonlyMap<string, ReadNoun>;
}

const CHANGE_PAGE = 200;
/** A notification is only quicker than this look. */
const LOOK_MS = 3000;
/** How long notifications are gathered, once there are more than one at a time. */
const GATHER_MS = 10;
/** How soon to look again for what an earlier transaction holds back: at first, and at most. */
const HELD_BACK_MS = 20;
const HELD_BACK_MAX_MS = 500;
const READS_KEPT = 8;

/** There is no change behind `from` up to `to`: who stands between them stands at one place. */
interface Quiet {
  readonly from: ChangePlace;
  readonly to: ChangePlace;
}

const NOWHERE: Quiet = { from: { xid: '0', position: '0' }, to: { xid: '0', position: '0' } };

function compare(a: ChangePlace, b: ChangePlace): number {
  const difference = BigInt(a.xid) - BigInt(b.xid) || BigInt(a.position) - BigInt(b.position);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function isBetween({ from, to }: Quiet, place: ChangePlace): boolean {
  return compare(from, place) <= 0 && compare(place, to) <= 0;
}

/** What a page says of where nothing is. Readers that are late, or one that is told of an older moment, take nothing back. */
function knownQuiet(known: Quiet, after: ChangePlace, { changes, end, isLast, isTooOld }: ChangePage): Quiet {
  if (isTooOld) return NOWHERE;
  if (!isLast || compare(end, known.to) <= 0) return known;
  const last = changes.at(-1);
  if (last !== undefined) return { from: { xid: last.xid, position: last.position }, to: end };
  return { from: isBetween(known, after) ? known.from : after, to: end };
}

export function createChangeFeedHub({ database, listener, log, nouns }: ChangeFeedOptions): ChangeFeedHub {
  const rings = new Set<() => void>();
  const reads = new Map<string, Promise<RecordedPage>>();
  let rungAt = 0;
  let due: NodeJS.Timeout | null = null;
  let heldBackMs = HELD_BACK_MS;
  let close: (() => void) | null = null;
  let quiet: Quiet = NOWHERE;

  function ring(): void {
    due = null;
    rungAt = performance.now();
    reads.clear();
    for (const each of rings) each();
  }
  function ringIn(ms: number): void {
    if (due !== null || rings.size === 0) return;
    due = setTimeout(ring, ms);
  }

  function open(): () => void {
    const unsubscribe = listener.subscribe('toygres_changes', () => {
      heldBackMs = HELD_BACK_MS;
      ringIn(Math.max(0, rungAt + GATHER_MS - performance.now()));
    });
    const timer = setInterval(() => ringIn(0), LOOK_MS);
    return () => {
      unsubscribe();
      clearInterval(timer);
      if (due !== null) clearTimeout(due);
      due = null;
      reads.clear();
    };
  }

  async function readPage(after: ChangePlace): Promise<RecordedPage> {
    const page = await readChanges(database, after, CHANGE_PAGE);
    quiet = knownQuiet(quiet, after, page);
    if (page.isHeldBack) {
      ringIn(heldBackMs);
      heldBackMs = Math.min(heldBackMs * 2, HELD_BACK_MAX_MS);
    }
    const byNoun = Map.groupBy(page.changes, ({ noun }) => noun);
    const records = new Map<string, ChangeRecord['record']>();
    await Promise.all(
      [...byNoun].map(async ([noun, changes]) => {
        const read = nouns.get(noun);
        if (read === undefined) log.debug({ noun }, 'a change of a noun that this release does not know');
        const found = (await read?.(changes.map(({ id }) => id))) ?? [];
        for (const record of found) records.set(`${noun} ${record.id}`, record);
      }),
    );
    const withRecord = (change: FedChange): ChangeRecord[] => {
      const record = records.get(`${change.noun} ${change.id}`);
      return record === undefined ? [] : [{ cursor: encodeChangeCursor(change), noun: change.noun, record }];
    };
    return { ...page, changes: page.changes.flatMap(withRecord) };
  }

  return {
    join(wake) {
      const own = () => wake();
      rings.add(own);
      close ??= open();
      return () => {
        rings.delete(own);
        if (rings.size > 0) return;
        close?.();
        close = null;
      };
    },
    readSnapshot: () => readSnapshot(database),
    read(place) {
      const after = isBetween(quiet, place) ? quiet.to : place;
      const key = `${after.xid} ${after.position}`;
      const known = reads.get(key);
      if (known !== undefined) return known;
      for (const oldest of reads.keys()) {
        if (reads.size < READS_KEPT) break;
        reads.delete(oldest);
      }
      // Good until something is known to have changed.
      const read = readPage(after);
      reads.set(key, read);
      read.catch(() => reads.get(key) === read && reads.delete(key));
      return read;
    },
  };
}
