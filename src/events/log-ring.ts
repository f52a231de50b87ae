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
  /** Nobody is given it before the next `mark`. */
  push(line: PlatformLogLine): void;
  /** Hands on all that was pushed, together. */
  mark(): void;
  /**
   * Lines after `cursor` in order, at most `count`; the caller has seen to it that `cursor >= floor`. It ends where a mark
   * was made, so that all who stand at the same line are given the same list, however many lines come meanwhile.
   */
  after(cursor: number, count: number): readonly PlatformLogLine[];
  /** All that is here. */
  all(): readonly PlatformLogLine[];
}

/** Lists that are kept to be given again: the newest, since those who are slow are few. */
const SHARED_LISTS = 16;

/** An empty ring that begins after the given line. */
export function createLineRing(limits: RingLimits, after: number): LineRing {
  let floor = after;
  let last = after;
  let characters = 0;
  // Evicted lines stay in front of `start` until half of the array is waste: shifting each would copy it each time.
  let lines: PlatformLogLine[] = [];
  let start = 0;
  let marks: number[] = [];
  const taken = new Map<string, readonly PlatformLogLine[]>();

  /** The place in `lines` of the first that comes after this one. */
  function placeAfter(cursor: number): number {
    let low = start;
    for (let high = lines.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((lines[middle]?.line ?? 0) > cursor) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The last mark up to there that has something after the cursor; the line itself where none has: more lie between two. */
  function endOf(cursor: number, upTo: number): number {
    const newest = marks.at(-1) ?? cursor;
    if (newest <= upTo) return newest;
    let low = 0;
    for (let high = marks.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((marks[middle] ?? 0) > upTo) high = middle;
      else low = middle + 1;
    }
    const mark = marks[low - 1] ?? 0;
    return mark > cursor ? mark : upTo;
  }

  function evict(): void {
    const oldest = lines[start];
    if (!oldest) return;
    start += 1;
    floor = oldest.line;
    characters -= oldest.text.length;
    if (start > 64 && start * 2 > lines.length) {
      lines = lines.slice(start);
      start = 0;
      marks = marks.filter((mark) => mark > floor);
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
      lines.push(line);
      last = line.line;
      characters += line.text.length;
      while (lines.length - start > limits.lines || (characters > limits.characters && lines.length - start > 1))
        evict();
    },
    mark() {
      if (last > (marks.at(-1) ?? after)) marks.push(last);
    },
    after(cursor, count) {
      const from = placeAfter(cursor);
      const furthest = lines[Math.min(from + count, lines.length) - 1];
      if (furthest === undefined || furthest.line <= cursor) return [];
      const end = endOf(cursor, furthest.line);
      if (end <= cursor) return [];
      const key = `${cursor} ${end}`;
      const known = taken.get(key);
      if (known !== undefined) return known;
      const found = lines.slice(from, placeAfter(end));
      taken.set(key, found);
      for (const oldest of taken.keys()) {
        if (taken.size <= SHARED_LISTS) break;
        taken.delete(oldest);
      }
      return found;
    },
    all: () => lines.slice(start),
  };
}
