import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';

/** The most lines of a list, and the number by which the ends of full lists can be divided. */
export const LIST_LINES = 1000;
/** A list is full when it holds so much text, in UTF-16 units, however few lines that is. */
export const LIST_CHARACTERS = 512 * 1024;

/** The last line that a list which begins after this one can have: the same for all who stand within the same thousand. */
export function furthestAfter(cursor: number): number {
  return cursor - (cursor % LIST_LINES) + LIST_LINES;
}

/** How many of these lines, which come after a cursor, make one list, where nothing else ends it before. At least one. */
export function countForList(lines: readonly PlatformLogLine[], from: number, to: number): number {
  let characters = 0;
  for (let at = from; at < to; at += 1) {
    characters += lines[at]?.text.length ?? 0;
    if (characters >= LIST_CHARACTERS) return at - from + 1;
  }
  return to - from;
}

/** Whether this list, which begins after the cursor, would be the same whenever it was asked for. */
export function isFull(lines: readonly PlatformLogLine[], cursor: number): boolean {
  if (lines.at(-1)?.line === furthestAfter(cursor)) return true;
  let characters = 0;
  for (const { text } of lines) characters += text.length;
  return characters >= LIST_CHARACTERS;
}

/** Full lists of one log that were given lately, so that all who come by are given the same ones. */
export interface KnownLists<L extends PlatformLogLine> {
  /** The full list that begins after this line. */
  get(cursor: number): readonly L[] | undefined;
  /** Keeps the list if it is full; the oldest go beyond the limits. */
  keep(cursor: number, lines: readonly L[]): void;
}

const KEPT_LISTS = 64;
const KEPT_CHARACTERS = 2 << 20;

export function createKnownLists<L extends PlatformLogLine>(): KnownLists<L> {
  const lists = new Map<number, { readonly lines: readonly L[]; readonly characters: number }>();
  let characters = 0;

  function drop(cursor: number): void {
    characters -= lists.get(cursor)?.characters ?? 0;
    lists.delete(cursor);
  }

  return {
    get(cursor) {
      const known = lists.get(cursor);
      if (known === undefined) return undefined;
      // Those that were asked for last go last.
      lists.delete(cursor);
      lists.set(cursor, known);
      return known.lines;
    },
    keep(cursor, lines) {
      if (lists.has(cursor) || !isFull(lines, cursor)) return;
      const added = lines.reduce((sum, { text }) => sum + text.length, 0);
      lists.set(cursor, { lines, characters: added });
      characters += added;
      for (const oldest of lists.keys()) {
        if (lists.size <= 1 || (lists.size <= KEPT_LISTS && characters <= KEPT_CHARACTERS)) return;
        drop(oldest);
      }
    },
  };
}
