import type { DumpFiles } from '../../../load/data/dump-files.ts';
import type { TocEntry } from '../../../load/toc/toc-entry.ts';
import { ROWS_DIFFER, type TableGround } from '../compare-tables.ts';
import { compareFacts } from './compare-facts.ts';
import { createContentSum } from './content-sum.ts';
import { dumpedContents } from './dumped-objects.ts';
import { readPageBytes, sumContentsHere } from './objects-here.ts';
import { createTally } from './tally.ts';

/** So many are asked for at once, and known at once: a server may have millions. */
const AT_ONCE = 1_000;
const TELL_EVERY_BYTES = 16 << 20;

/**
 * Compares every large object of the dump with the one here: its content, its owner, and what is granted and said of it.
 * Answers with how many there are.
 */
export async function compareLargeObjects(
  ground: TableGround,
  entries: readonly TocEntry[],
  atOnce = AT_ONCE,
): Promise<number> {
  const { session, files, told, onBytes } = ground;
  const missing = await compareFacts(ground, entries, atOnce);
  const pageBytes = await readPageBytes(session);
  const wrong = createTally();
  let [count, bytes, next] = [0, 0, TELL_EVERY_BYTES];
  const onRead = (more: number) => {
    bytes += more;
    if (bytes < next) return;
    next = bytes + TELL_EVERY_BYTES;
    onBytes?.('large objects', bytes);
  };
  for await (const slice of dumpedContents(entries, files, atOnce)) {
    const ids = slice.map(({ id }) => id);
    const here = await sumContentsHere(session, ids, pageBytes, onRead);
    for (const { id, file } of slice) {
      const sum = here.get(id);
      // Then the drill fails for those that are not there.
      if (sum === undefined && missing > 0) continue;
      if (sum !== (await sumDumped(files, file, pageBytes, onRead))) wrong.add(id);
    }
    count += slice.length;
  }
  if (wrong.count > 0) {
    const says = wrong.describe('have other content or are not there');
    told.tell({ code: ROWS_DIFFER, severity: 'CRITICAL', object: null, says, cause: null, remedy: null });
  }
  return count;
}

async function sumDumped(
  files: DumpFiles,
  file: string,
  pageBytes: number,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const sum = createContentSum(pageBytes);
  for await (const chunk of files.read(file)) {
    sum.take(chunk);
    onBytes(chunk.length);
  }
  return sum.end();
}
