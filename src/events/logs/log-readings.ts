import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';
import { createKnownLists, furthestAfter, type KnownLists, LIST_CHARACTERS } from './log-lists.ts';

/** A reading of what there is of a log after a line; ends with what is there. */
export type ReadAfter<L> = (cursor: number, signal: AbortSignal) => AsyncIterable<L>;

/** What a list ended with: it is full, or there was no more. */
export interface ReadList<L> {
  readonly lines: readonly L[];
  readonly isLast: boolean;
}

/** What was written earlier of one log, for all who catch up with it. */
export interface LogReadings<L extends PlatformLogLine> {
  readonly known: KnownLists<L>;
  /** The list after this line; all who ask for it meanwhile, and for some time after, are given the same one. */
  after(cursor: number): Promise<ReadList<L>>;
}

interface Reading<L> {
  readonly lines: AsyncIterator<L>;
  /** The last line that was given. */
  at: number;
  /** One that was read and belongs to the list after. */
  ahead: L | null;
}

/** Keeps what those who catch up with the same log read of it, for as long as one of them is there. */
export interface SharedReadings<L extends PlatformLogLine> {
  /**
   * Every `join` is to be followed by one call of `leave`, which resolves when the last has nothing open any more. `isOver`:
   * the log does not grow any more, and what is read of its end is good for the others as well.
   */
  join(key: string, isOver: boolean, read: ReadAfter<L>): { readonly readings: LogReadings<L>; leave(): Promise<void> };
}

export function createSharedReadings<L extends PlatformLogLine>(): SharedReadings<L> {
  const logs = new Map<string, JobReadings<L>>();
  return {
    join(of, isOver, read) {
      const key = `${of} ${isOver}`;
      const joined = logs.get(key) ?? new JobReadings<L>(isOver, read);
      logs.set(key, joined);
      joined.readers += 1;
      return {
        readings: joined,
        async leave() {
          joined.readers -= 1;
          if (joined.readers > 0) return joined.closeSpare();
          logs.delete(key);
          await joined.close();
        },
      };
    },
  };
}

/**
 * Readings stay open between two lists, since each begins at the start of the log, and go on where somebody stands. There
 * are never more of them than readers, so that these are no slower than if each had one of its own.
 */
class JobReadings<L extends PlatformLogLine> implements LogReadings<L> {
  readonly known = createKnownLists<L>();
  readers = 0;
  readonly #isOver: boolean;
  readonly #read: ReadAfter<L>;
  readonly #left = new AbortController();
  #end: (ReadList<L> & { readonly cursor: number }) | null = null;
  readonly #pending = new Map<number, Promise<ReadList<L>>>();
  /** Those that wait for somebody to go on, the one that was used last at the end. */
  readonly #idle: Reading<L>[] = [];

  constructor(isOver: boolean, read: ReadAfter<L>) {
    this.#isOver = isOver;
    this.#read = read;
  }

  after(cursor: number): Promise<ReadList<L>> {
    const lines = this.known.get(cursor);
    if (lines !== undefined) return Promise.resolve({ lines, isLast: false });
    if (this.#end?.cursor === cursor) return Promise.resolve(this.#end);
    const pending = this.#pending.get(cursor);
    if (pending !== undefined) return pending;
    const read = this.#readList(cursor).finally(() => this.#pending.delete(cursor));
    this.#pending.set(cursor, read);
    return read;
  }

  /** Ends readings beyond the number of readers, those first that were not used for longest. */
  async closeSpare(): Promise<void> {
    const spare = this.#idle.splice(0, Math.max(0, this.#idle.length - this.readers));
    await Promise.all(spare.map(({ lines }) => lines.return?.()));
  }

  /** Ends all of them once nobody is there, those under way as well. */
  async close(): Promise<void> {
    this.#left.abort();
    await Promise.allSettled(this.#pending.values());
    await this.closeSpare();
  }

  #take(cursor: number): Reading<L> {
    const found = this.#idle.findLastIndex(({ at }) => at === cursor);
    const [reading] = found === -1 ? [] : this.#idle.splice(found, 1);
    const { signal } = this.#left;
    return reading ?? { lines: this.#read(cursor, signal)[Symbol.asyncIterator](), at: cursor, ahead: null };
  }

  async #readList(cursor: number): Promise<ReadList<L>> {
    const reading = this.#take(cursor);
    const [lines, furthest] = [[] as L[], furthestAfter(cursor)];
    for (let characters = 0; characters < LIST_CHARACTERS && reading.at < furthest; ) {
      const line = reading.ahead ?? (await this.#next(reading));
      reading.ahead = null;
      if (line === null) return this.#endWith(cursor, lines);
      if (line.line > furthest && lines.length > 0) {
        reading.ahead = line;
        break;
      }
      lines.push(line);
      reading.at = line.line;
      characters += line.text.length;
    }
    this.known.keep(cursor, lines);
    this.#idle.push(reading);
    await this.closeSpare();
    return { lines, isLast: false };
  }

  #endWith(cursor: number, lines: readonly L[]): ReadList<L> {
    const end = { cursor, lines, isLast: true };
    if (this.#isOver) this.#end = end;
    return end;
  }

  async #next({ lines }: Reading<L>): Promise<L | null> {
    const { done, value } = await lines.next();
    return done === true ? null : value;
  }
}
