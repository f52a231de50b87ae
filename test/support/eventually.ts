import { expect } from 'vitest';

const SHORTEST_MS = 15;
const LONGEST_MS = 200;
/** For what never comes: everything else comes in the end, on a machine that others keep busy as well. */
const PATIENCE_MS = 240_000;

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
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const since = performance.now();
  let value = await read();
  for (const deadline = Date.now() + timeoutMs; !accept(value); value = await read()) {
    if (Date.now() > deadline) expect.fail(`not met in ${timeoutMs} ms, last seen: ${JSON.stringify(value)}`);
    await pauseBetweenLooks(since);
  }
  return value;
}

/**
 * The same for what goes on by itself meanwhile: fails when what `told` says of the value has not changed for so long. How long
 * all of it takes is the machine's affair.
 */
export async function eventuallyAsItMoves<T>(
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  told: (value: T) => unknown,
  stillMs: number,
): Promise<T> {
  const since = performance.now();
  const isStill = watchMovement(stillMs);
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (isStill(told(value))) expect.fail(`nothing moved for ${stillMs} ms, last seen: ${JSON.stringify(value)}`);
    await pauseBetweenLooks(since);
  }
}

/** To be told again and again how far something is; answers whether that has been the same for so long. */
export function watchMovement(stillMs: number): (told: unknown) => boolean {
  let last: string | undefined;
  let movedAt = performance.now();
  return (told) => {
    const now = JSON.stringify(told);
    if (now !== last) movedAt = performance.now();
    last = now;
    return performance.now() - movedAt > stillMs;
  };
}
