/** The last `count` of what there is, holding no more of it at a time. */
export async function takeLast<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const kept: T[] = [];
  for await (const item of items) {
    kept.push(item);
    if (kept.length > count * 2 + 64) kept.splice(0, kept.length - count);
  }
  return kept.slice(Math.max(0, kept.length - count));
}

/** The first `count`; what comes after them is not read. */
export async function takeFirst<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const kept: T[] = [];
  if (count === 0) return kept;
  for await (const item of items) {
    kept.push(item);
    if (kept.length >= count) break;
  }
  return kept;
}
