import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Tells which files of a dump directory are finished while pg_dump still works: with several workers it says so by the
 * entry's number, with one the files are made one after another.
 */
export interface FinishedFiles {
  /** Takes a line of pg_dump, and gives the file names that are finished now. */
  take(line: string): readonly string[];
  /** Looks what there is: large objects that are finished, and files of rows that are not known to be. */
  look(): Promise<{ readonly finished: readonly string[]; readonly growing: readonly string[] }>;
  /** All that were not given yet: pg_dump has ended. */
  rest(): Promise<readonly string[]>;
  /** Counts this name as given. */
  gave(name: string): void;
  /** Every name that was given. */
  readonly given: ReadonlySet<string>;
}

const FINISHED = /^pg_dump: finished item (\d+) TABLE DATA (.*)/;
/** By what they are compressed with. */
const SUFFIXES = ['', '.gz', '.zst', '.lz4'];
const ROWS = /^\d+\.dat/;
const LARGE_OBJECT = /^blob_\d+\.dat/;

/** The table, without its schema, that this line of pg_dump says is finished; null for other lines. */
export function finishedTableOf(line: string): string | null {
  return FINISHED.exec(line)?.[2] ?? null;
}

export function createFinishedFiles(directory: string): FinishedFiles {
  const given = new Set<string>();
  /** Large objects that were there when it was looked last. */
  let seen = new Set<string>();
  const give = (names: readonly string[]): readonly string[] => {
    const fresh = names.filter((name) => !given.has(name));
    for (const name of fresh) given.add(name);
    return fresh;
  };
  return {
    take: (line) => {
      const [, id] = FINISHED.exec(line) ?? [];
      if (id === undefined) return [];
      // Looking into the directory each time would cost the number of its files, for each of them.
      const names = SUFFIXES.map((suffix) => `${id}.dat${suffix}`);
      return give(names.filter((name) => existsSync(path.join(directory, name))));
    },
    look: async () => {
      const names = (await readdir(directory).catch(() => [])).filter((name) => !given.has(name));
      const objects = new Set(names.filter((name) => LARGE_OBJECT.test(name)));
      // They are written one after another: where there is a new one, those that were there before are whole.
      const isBehind = [...objects].some((name) => !seen.has(name));
      const finished = isBehind ? give([...seen].filter((name) => objects.has(name))) : [];
      if (isBehind) seen = objects;
      return { finished, growing: names.filter((name) => ROWS.test(name)) };
    },
    rest: async () => give((await readdir(directory)).sort()),
    gave: (name) => given.add(name),
    given,
  };
}
