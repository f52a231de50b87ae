import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';
import { countForList, furthestAfter } from './log-lists.ts';

/** How much of a log is kept in memory for those who follow it. */
export interface RingLimits {
  readonly lines: number;
  /** Of text, in UTF-16 units. */
  readonly characters: number;
}

/** The newest lines of a log, bounded: what is pushed in beyond the limits pushes the oldest out. */
export interface LineRing<L extends PlatformLogLine = PlatformLogLine> {
  /** Every line after this one, up to the newest, is here. */
  readonly floor: number;
  /** The number of the newest line seen, `floor` when there was none. */
  readonly last: number;
  /** Nobody is given it before the next `mark`. */
  push(line: L): void;
  /** Hands on all that was pushed, together. */
  mark(): void;
  /**
   * Lines after `cursor` in order, at most `count`; the caller has seen to it that `cursor >= floor`. It ends where that is
   * fixed, whenever it is asked for: at the next thousand where that has come, else at the end of the largest block of lines
   * that has. So all who stand at the same line are given the same list, and those who fell behind by any number of lines
   * stand together again at the next thousand, in the ring as in what is read of the log again.
   */
  after(cursor: number, count: number): readonly L[];
  /** All that is here. */
  all(): readonly L[];
}

/** Lists that are kept to be given again, the newest: some for each block that somebody may still be in. */
const SHARED_LISTS = 64;
/**
 * A block of lines ends with the first mark that has so many lines before it, the smallest at each mark: what is caught up comes
 * in pieces that are worth their while, and what is new as it comes.
 */
const BLOCKS = [50, 1];

/** An empty ring that begins after the given line. */
export function createLineRing<L extends PlatformLogLine>(limits: RingLimits, after: number): LineRing<L> {
  let floor = after;
  let last = after;
  let characters = 0;
  // Evicted lines stay in front of `start` until half of the array is waste: shifting each would copy it each time.
  let lines: L[] = [];
  let start = 0;
  let marked = after;
  const blocks = BLOCKS.map((least) => ({ least, lines: 0, ends: [] as number[] }));
  const taken = new Map<string, readonly L[]>();

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

  /** The cursor itself where nothing was marked behind it. */
  function endOf(cursor: number, upTo: number): number {
    const furthest = furthestAfter(cursor);
    if (furthest <= marked) return Math.min(furthest, upTo);
    for (const { ends } of blocks) {
      const end = firstAfter(ends, cursor);
      if (end !== undefined) return Math.min(end, upTo);
    }
    return cursor;
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
      for (const block of blocks) block.ends = block.ends.filter((end) => end > floor);
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
      for (const block of blocks) block.lines += 1;
      characters += line.text.length;
      while (lines.length - start > limits.lines || (characters > limits.characters && lines.length - start > 1))
        evict();
    },
    mark() {
      if (last <= marked) return;
      marked = last;
      for (const block of blocks) {
        if (block.lines < block.least) continue;
        block.ends.push(last);
        block.lines = 0;
      }
    },
    after(cursor, count) {
      const from = placeAfter(cursor);
      const furthest = lines[Math.min(from + count, lines.length) - 1];
      if (furthest === undefined || furthest.line <= cursor) return [];
      // Of lines with gaps the next may lie beyond.
      const end = Math.max(endOf(cursor, furthest.line), Math.min(lines[from]?.line ?? 0, marked));
      if (end <= cursor) return [];
      const key = `${cursor} ${end} ${count}`;
      const known = taken.get(key);
      if (known !== undefined) return known;
      const found = lines.slice(from, from + countForList(lines, from, placeAfter(end)));
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

/** Of numbers in order the first beyond this one. */
function firstAfter(numbers: readonly number[], cursor: number): number | undefined {
  let low = 0;
  for (let high = numbers.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) > cursor) high = middle;
    else low = middle + 1;
  }
  return numbers[low];
}
