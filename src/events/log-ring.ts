import type { PlatformLogLine } from '../../jobs/ports/platform.ts';

/** How much of a log is kept in memory for those who follow it. */
export interface RingLimits {
  readonly lines: number;
  /** Of text, in UTF-16 units. */
  readonly characters: number;
}

/** The newest lines of a log, bounded: what is pushed in beyond the limits pushes the oldest out. */
export interface LineRing {
  /** Every line after this one, up to the newest, is here. */
  readonly floor: number;
  /** The number of the newest line seen, `floor` when there was none. */
  readonly last: number;
  push(line: PlatformLogLine): void;
  /**
   * Lines after `cursor` in order, at most `count`; the caller has seen to it that `cursor >= floor`. The same list to all
   * who ask for the same before the next line comes.
   */
  after(cursor: number, count: number): readonly PlatformLogLine[];
  /** All that is here. */
  all(): readonly PlatformLogLine[];
}

/** Lists that are kept to be given again. */
const SHARED_LISTS = 16;

/** An empty ring that begins after the given line. */
export function createLineRing(limits: RingLimits, after: number): LineRing {
  let floor = after;
  let last = after;
  let characters = 0;
  // Evicted lines stay in front of `start` until half of the array is waste: shifting each would copy it each time.
  let lines: PlatformLogLine[] = [];
  let start = 0;
  const taken = new Map<string, readonly PlatformLogLine[]>();

  function evict(): void {
    const oldest = lines[start];
    if (!oldest) return;
    start += 1;
    floor = oldest.line;
    characters -= oldest.text.length;
    if (start > 64 && start * 2 > lines.length) {
      lines = lines.slice(start);
      start = 0;
    }
  }

  return {
    get floor() {
      return floor;
    },
    get last() {
      return last;
    },
    push(line) {
      taken.clear();
      lines.push(line);
      last = line.line;
      characters += line.text.length;
      while (lines.length - start > limits.lines || (characters > limits.characters && lines.length - start > 1))
        evict();
    },
    after(cursor, count) {
      const key = `${cursor} ${count}`;
      const known = taken.get(key);
      if (known !== undefined) return known;
      let low = start;
      for (let high = lines.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((lines[middle]?.line ?? 0) > cursor) high = middle;
        else low = middle + 1;
      }
      const found = lines.slice(low, low + count);
      // Who stands further back than most would fill it with lists of their own.
      if (taken.size < SHARED_LISTS) taken.set(key, found);
      return found;
    },
    all: () => lines.slice(start),
  };
}
