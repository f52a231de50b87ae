/** Reads that take long are made less often: they take at most this share of the time. */
const MAX_SHARE = 0.05;

/**
 * The same read, made at most every so many milliseconds, and once for all who ask meanwhile. What failed is not
 * remembered: the next one who asks tries again.
 */
export function remembered<T>(forMs: number, read: () => Promise<T>): () => Promise<T> {
  let last: { readonly value: Promise<T>; until: number } | null = null;
  return () => {
    if (last !== null && performance.now() < last.until) return last.value;
    const begun = performance.now();
    const current = { value: read(), until: Number.POSITIVE_INFINITY };
    last = current;
    current.value.then(
      () => {
        const now = performance.now();
        current.until = now + Math.max(forMs, (now - begun) / MAX_SHARE);
      },
      () => {
        if (last === current) last = null;
      },
    );
    return current.value;
  };
}
