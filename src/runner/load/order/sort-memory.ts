import type { TocEntry } from '../toc/toc-entry.ts';

/** The sorted pieces of a sort come together at once where each has so much of its memory. */
const MERGED_BY_BYTES = 264 << 10;
const LEAST_KILOBYTES = 8 << 10;
/** The server that loads gives each session as much at least. */
const MOST_KILOBYTES = 64 << 10;

const isBtree = ({ kind, define }: TocEntry) =>
  (kind === 'INDEX' && /^CREATE (?:UNIQUE )?INDEX [^(]* USING btree /.test(define)) ||
  (kind === 'CONSTRAINT' && / (?:PRIMARY KEY|UNIQUE) /.test(define));

/**
 * The memory, in kilobytes, in which an index of a table of so many bytes is sorted: as little as brings it together in one go, since a
 * processor is much faster with what its own memory holds; null for what is not sorted, is too
 * large for that, or of a size that nobody knows.
 */
export function sortKilobytes(entry: TocEntry, tableBytes: number): number | null {
  if (tableBytes === 0 || !isBtree(entry)) return null;
  const once = Math.ceil(Math.sqrt(tableBytes * MERGED_BY_BYTES) / 1024);
  return once > MOST_KILOBYTES ? null : Math.max(LEAST_KILOBYTES, once);
}
