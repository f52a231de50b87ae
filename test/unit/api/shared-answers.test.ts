import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSharedAnswers } from '../../../src/api/execution/shared-answers.ts';

afterEach(() => vi.useRealTimers());

/** Makes answers of so many bytes and counts them. */
function createMaker(bytes = 10) {
  const make = vi.fn(async () => Buffer.alloc(bytes));
  return make;
}

describe('shared answers', () => {
  it('are made once for a thing and a key, while they are made as well', async () => {
    const [answers, make, thing] = [createSharedAnswers(1000, 1 << 20), createMaker(), {}];
    const first = answers.share(thing, 'a', false, make);
    expect(answers.share(thing, 'a', false, make)).toBe(first);
    await first;
    expect(answers.share(thing, 'a', false, make)).toBe(first);
    await answers.share(thing, 'b', false, make);
    await answers.share({}, 'a', false, make);
    expect(make).toHaveBeenCalledTimes(3);
  });

  it('are made anew after some time, but for what does not change', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const [answers, changing, fixed, thing] = [createSharedAnswers(1000, 1 << 20), createMaker(), createMaker(), {}];
    for (let asked = 0; asked < 3; asked += 1) {
      await answers.share(thing, 'changing', false, changing);
      await answers.share(thing, 'fixed', true, fixed);
      vi.advanceTimersByTime(1001);
    }
    expect([changing.mock.calls.length, fixed.mock.calls.length]).toEqual([3, 1]);
  });

  it('are kept up to so many bytes, the newest of them', async () => {
    const [answers, make] = [createSharedAnswers(1000, 10_000), createMaker(2_000)];
    const things = Array.from({ length: 6 }, () => ({}));
    for (const thing of things) await answers.share(thing, 'a', true, make);
    for (const thing of things.slice(-3)) await answers.share(thing, 'a', true, make);
    expect(make).toHaveBeenCalledTimes(6);
    await answers.share(things[0] ?? {}, 'a', true, make);
    expect(make).toHaveBeenCalledTimes(7);
  });

  it('that could not be made are tried again', async () => {
    const [answers, thing] = [createSharedAnswers(1000, 1 << 20), {}];
    const broken = vi.fn(async () => Promise.reject(new Error('broken')));
    await expect(answers.share(thing, 'a', true, broken)).rejects.toThrow('broken');
    await expect(answers.share(thing, 'a', true, createMaker())).resolves.toHaveLength(10);
  });
});
