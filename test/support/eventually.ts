import { expect } from 'vitest';

const SHORTEST_MS = 15;
const LONGEST_MS = 200;

/**
 * Pauses between two looks, the longer the longer it has been waited: minutes of looks would take from what is waited for.
 * `sinceMs`: when that began, as performance.now() gives it.
 */
export async function pauseBetweenLooks(sinceMs: number): Promise<void> {
  const pauseMs = Math.min(LONGEST_MS, SHORTEST_MS + (performance.now() - sinceMs) / 20);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** Waits until the value meets the expectation and gives it; fails with the last value seen. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  accept: (value: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const since = performance.now();
  let value = await read();
  for (const deadline = Date.now() + timeoutMs; !accept(value); value = await read()) {
    if (Date.now() > deadline) expect.fail(`not met in ${timeoutMs} ms, last seen: ${JSON.stringify(value)}`);
    await pauseBetweenLooks(since);
  }
  return value;
}
