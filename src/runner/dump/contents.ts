import type { TableRow } from '../catalogue/tables.ts';
import { LARGE_OBJECTS } from '../catalogue/tables.ts';

/** The table of contents, in the directory of a dump. */
export const CONTENTS = 'toc.dat';

/** What a table of contents lists of rows. */
export interface ListedRows {
  /** The numbers of entries whose rows are in a file of that number. */
  readonly tables: readonly number[];
  readonly hasLargeObjects: boolean;
}

const TABLE_DATA = /^(\d+); \d+ \d+ TABLE DATA /;
const BLOBS = /^\d+; \d+ \d+ BLOBS /;

/** Collects it from the lines of `pg_restore --list`. */
export function createContentsReader(): { take(line: string): void; read(): ListedRows } {
  const tables: number[] = [];
  let hasLargeObjects = false;
  return {
    take: (line) => {
      const [, id] = TABLE_DATA.exec(line) ?? [];
      if (id !== undefined) tables.push(Number(id));
      else if (BLOBS.test(line)) hasLargeObjects = true;
    },
    read: () => ({ tables, hasLargeObjects }),
  };
}

/** Why a dump is not whole, in words; null when every table is listed and has its file. */
export function findMissing(
  listed: ListedRows,
  files: ReadonlySet<string>,
  expected: readonly TableRow[],
): string | null {
  const ids = new Set([...files].map((file) => /^(\d+)\.dat/.exec(file)?.[1]));
  const lost = listed.tables.find((id) => !ids.has(String(id)));
  if (lost !== undefined) return `lacks the file of entry ${lost}`;
  const wantsLargeObjects = expected.some(({ oid }) => oid === LARGE_OBJECTS);
  const tables = expected.filter(({ oid }) => oid !== LARGE_OBJECTS).length;
  if (listed.hasLargeObjects && !wantsLargeObjects) return 'holds large objects where there were none';
  if (!listed.hasLargeObjects && wantsLargeObjects) return 'lacks the large objects';
  if (listed.tables.length === tables) return null;
  return `holds the rows of ${listed.tables.length} tables instead of ${tables}`;
}
