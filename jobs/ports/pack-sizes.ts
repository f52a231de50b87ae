const MIB = 1 << 20;
/** A store's blob has an end. */
const LARGEST_PACK = 64 * 2 ** 30;

/** Packs of images of before they were compressed have no suffix. */
const PACK = /^packs\/(\d{4,})\.tar(\.zst)?$/;

export function isPackName(name: string): boolean {
  return PACK.test(name);
}

/** How many bytes of files go into the n-th pack before it is closed. It doubles every eight, so that there are never many. */
export function packLimit(n: number): number {
  return Math.min(LARGEST_PACK, 32 * MIB * 2 ** Math.floor(n / 8));
}

/** The room that a stored file may take here: more than in the store for a pack in zstd, which is unpacked. */
export function roomFor({ name, sizeBytes }: { readonly name: string; readonly sizeBytes: number }): number {
  const [, n, suffix] = PACK.exec(name) ?? [];
  return n === undefined || suffix === undefined ? sizeBytes : packLimit(Number(n));
}
