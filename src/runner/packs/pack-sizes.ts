const MIB = 1 << 20;

/** Below this a file of rows travels with others, compressed with them as a whole. It is read into memory. */
export const SMALL_BYTES = MIB;
/** Whatever is no row travels so up to here, where nothing has gone on its own yet; it is read as a whole anyway. */
export const LARGEST_LIST_BYTES = 32 * MIB;

/** On a file system a file takes whole blocks. */
const BLOCK_BYTES = 4_096;

/** The name of the n-th pack of an image, counted from 1: a tar archive, in zstd or plain, of files with their names below the prefix. */
export function packName(n: number, isCompressed = true): string {
  return `packs/${String(n).padStart(4, '0')}.tar${isCompressed ? '.zst' : ''}`;
}

/**
 * From here on a file goes on its own, when so many have gone already; below it, with others. It doubles with every 32 files
 * up to 32 MiB, and with every 64 behind that: what is left over of an image, however large, is some hundred blobs, and a
 * database of some hundred large tables is loaded while they come.
 */
export function onItsOwnFrom(onTheirOwn: number): number {
  const quick = Math.min(5, Math.floor(onTheirOwn / 32));
  const slow = Math.max(0, Math.floor((onTheirOwn - 5 * 32) / 64));
  return SMALL_BYTES * 2 ** (quick + slow);
}

/** What files of these sizes take on a disk. */
export function roomOnDisk(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}
