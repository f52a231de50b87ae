import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { within } from '../../../src/waiting/within.ts';

describe('work with a time limit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives its result or its own error, and leaves no timer', async () => {
    expect(await within(1000, Promise.resolve('done'))).toBe('done');
    await expect(within(1000, Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is UNAVAILABLE when it takes longer, and its late failure harms nobody', async () => {
    const { promise, reject } = Promise.withResolvers<string>();
    const limited = expect(within(1500, promise)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'No answer within 1.5 s.',
    });
    await vi.advanceTimersByTimeAsync(1500);
    await limited;
    reject(new Error('too late'));
    await expect(promise).rejects.toThrow('too late');
    expect(vi.getTimerCount()).toBe(0);
  });
});
