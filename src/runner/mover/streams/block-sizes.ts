const MIB = 1 << 20;

/** A blob has so many blocks at most. */
export const BLOCKS_AT_MOST = 50_000;
const DOUBLED_EVERY = 10_000;
const FIRST_BYTES = 4 * MIB;
const AT_ONCE = 4;
const BYTES_AT_ONCE = 32 * MIB;

/** How a blob is cut into blocks; the n-th counts from 0. */
export interface BlockSizes {
  bytesOf(nth: number): number;
  /** How many go up side by side from the n-th on. */
  atOnce(nth: number): number;
}

/**
 * Blocks of 4 MiB first, and twice as large after every ten thousand, so that a blob of any size that a table has finds room in
 * as many as there may be: 1.2 TiB. Of a blob 32 MiB are on their way at most, or one block that is larger.
 */
export const BLOCK_SIZES: BlockSizes = {
  bytesOf: (nth) => FIRST_BYTES * 2 ** Math.floor(nth / DOUBLED_EVERY),
  atOnce: (nth) => Math.max(1, Math.min(AT_ONCE, Math.floor(BYTES_AT_ONCE / BLOCK_SIZES.bytesOf(nth)))),
};
