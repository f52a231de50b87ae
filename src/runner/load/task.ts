import type { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Command } from './entries/entry-commands.ts';
import type { TocEntry } from './toc/toc-entry.ts';

/** An entry on its way: what of it is left to be done, and why it failed last. */
export interface Task {
  readonly entry: TocEntry;
  left: readonly Command[];
  failure: ServerError | null;
  /** Whether the table was made here, and so may be emptied before its rows come. */
  readonly isOwnTable: boolean;
  /** Whether rows may have come into the table by another way, which are to stay. */
  readonly keepsRows?: boolean;
}

/**
 * The task of an entry whose commands `write` gives. What makes large objects is longer than what names them, and written out
 * when it is their turn.
 */
export function taskOf(entry: TocEntry, write: () => readonly Command[], isOwnTable: boolean): Task {
  if (entry.kind !== 'BLOB METADATA') return { entry, left: write(), failure: null, isOwnTable };
  let left: readonly Command[] | null = null;
  return {
    entry,
    get left() {
      return left ?? write();
    },
    set left(commands) {
      left = commands;
    },
    failure: null,
    isOwnTable,
  };
}

/** `some` of the tasks, in the order in which they stand in `all`. */
export function inOrderOf(all: readonly Task[], some: readonly Task[]): Task[] {
  const wanted = new Set(some);
  return all.filter((task) => wanted.has(task));
}
