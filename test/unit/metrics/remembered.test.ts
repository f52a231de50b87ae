import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { remembered } from '../../../src/metrics/remembered.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a read is made once for all who ask at a time, and again when it is old', async () => {
  let reads = 0;
  const read = remembered(5000, async () => {
    reads += 1;
    return reads;
  });
  expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  vi.advanceTimersByTime(4999);
  expect(await read()).toBe(1);
  vi.advanceTimersByTime(2);
  expect(await read()).toBe(2);
});

test('a failure is not remembered', async () => {
  let fails = true;
  const read = remembered(5000, async () => {
    if (fails) throw new Error('away');
    return 'there';
  });
  await expect(read()).rejects.toThrow('away');
  fails = false;
  expect(await read()).toBe('there');
});

test('a read that takes long is made seldom', async () => {
  let reads = 0;
  const read = remembered(5000, async () => {
    reads += 1;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return reads;
  });
  const first = read();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await first).toBe(1);
  await vi.advanceTimersByTimeAsync(19_000);
  expect(await read()).toBe(1);
  await vi.advanceTimersByTimeAsync(2000);
  const second = read();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await second).toBe(2);
});
