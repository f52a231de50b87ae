import { LARGE_OBJECTS, type TableRow } from '../catalogue/tables.ts';
import { PLAIN } from './compression.ts';

/** From here on a file for each costs more than what several connections bring. */
const MANY = 500;
/** Of so many bytes in the server each, so many small things are nothing to share among connections. */
const SMALL_BYTES = 128 << 10;

/**
 * Whether a dump comes as one stream, over one connection, without a file for each table and large object: where very many are
 * small, and no two large tables could be read side by side. Rows come as they are: where they are to be compressed while they
 * are written, for want of room, there are files.
 */
export function isStreamed(tables: readonly TableRow[], { compression }: { readonly compression: string }): boolean {
  if (compression !== PLAIN) return false;
  const objects = tables.find(({ oid }) => oid === LARGE_OBJECTS)?.rows ?? 0;
  const small =
    objects + tables.filter(({ oid, sizeBytes }) => oid !== LARGE_OBJECTS && sizeBytes < SMALL_BYTES).length;
  if (small < MANY) return false;
  const total = tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const largest = tables.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0);
  return total <= small * SMALL_BYTES || total - largest <= largest / 4;
}
