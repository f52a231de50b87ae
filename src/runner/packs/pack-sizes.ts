const MIB = 1 << 20;
/** A store's blob has an end. */
const LARGEST_PACK = 64 * 2 ** 30;

/** The name of the n-th pack of an image, counted from 1: a plain tar archive of files with their names below the prefix. */
export function packName(n: number): string {
  return `packs/${String(n).padStart(4, '0')}.tar`;
}

export function isPackName(name: string): boolean {
  return /^packs\/\d{4,}\.tar$/.test(name);
}

/** How many bytes of files go into the n-th pack before it is closed. It doubles every eight, so that there are never many. */
export function packLimit(n: number): number {
  return Math.min(LARGEST_PACK, 32 * MIB * 2 ** Math.floor(n / 8));
}

/**
 * Below this a file travels in a pack, when so many files have gone on their own already: what is left over of an image,
 * however large, is some hundred blobs.
 */
export function smallBelow(onTheirOwn: number): number {
  return MIB * 2 ** Math.floor(onTheirOwn / 32);
}
