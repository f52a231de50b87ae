import { readdir } from 'node:fs/promises';

/**
 * Tells which files of a dump directory are finished while pg_dump still works: with several workers it says so by the
 * entry's number, with one the files are made one after another.
 */
export interface FinishedFiles {
  /** Takes a line of pg_dump, and gives the file names that are finished now. */
  take(line: string): Promise<readonly string[]>;
  /** All that were not given yet: pg_dump has ended. */
  rest(): Promise<readonly string[]>;
  /** Every name that was given. */
  readonly given: ReadonlySet<string>;
}

const FINISHED = /^pg_dump: finished item (\d+) TABLE DATA /;

export function createFinishedFiles(directory: string): FinishedFiles {
  const given = new Set<string>();
  const give = (names: readonly string[]): readonly string[] => {
    const fresh = names.filter((name) => !given.has(name));
    for (const name of fresh) given.add(name);
    return fresh;
  };
  return {
    take: async (line) => {
      const [, id] = FINISHED.exec(line) ?? [];
      if (id === undefined) return [];
      const names = await readdir(directory).catch(() => []);
      return give(names.filter((name) => name.startsWith(`${id}.dat`)));
    },
    rest: async () => give((await readdir(directory)).sort()),
    given,
  };
}
