import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { follow } from '../../../resolvers/follow.ts';

/** A stream that gives what it has, then waits until it is aborted, as an idle one does. */
function createIdleStream(values: readonly number[] = []) {
  const seen = { opened: 0, ended: 0 };
  async function* open(signal: AbortSignal) {
    seen.opened += 1;
    try {
      yield* values;
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      seen.ended += 1;
    }
  }
  return { seen, stream: follow(open) };
}

describe('a followed stream', () => {
  it('opens nothing before it is asked for something', async () => {
    const { seen, stream } = createIdleStream();
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(seen).toEqual({ opened: 0, ended: 0 });
  });

  it('passes on what comes, in order', async () => {
    const { stream } = createIdleStream([1, 2]);
    expect([await stream.next(), await stream.next()].map(({ value }) => value)).toEqual([1, 2]);
    await stream.return?.();
  });

  it('is left at once, also while it waits', async () => {
    const { seen, stream } = createIdleStream();
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(seen).toEqual({ opened: 1, ended: 1 });
  });

  it('may be left twice', async () => {
    const { seen, stream } = createIdleStream([1]);
    await stream.next();
    await Promise.all([stream.return?.(), stream.return?.()]);
    expect(seen.ended).toBe(1);
  });

  it('says nothing of an error that comes of being left', async () => {
    const stream = follow((signal) => ({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<number>>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          }),
      }),
    }));
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('passes on an error of the stream itself', async () => {
    const stream = follow(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('cut')) }),
    }));
    await expect(stream.next()).rejects.toThrow('cut');
  });
});
