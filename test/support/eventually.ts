import { expect } from 'vitest';

/** Waits until the value meets the expectation and gives it; fails with the last value seen. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  accept: (value: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  let value = await read();
  for (const deadline = Date.now() + timeoutMs; !accept(value); value = await read()) {
    if (Date.now() > deadline) expect.fail(`not met in ${timeoutMs} ms, last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return value;
}
