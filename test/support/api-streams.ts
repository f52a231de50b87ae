import { once } from 'node:events';

/** Streams of a fake, and how many of them are open. */
export interface FakeStreams<T> {
  /** Opens a stream that gives what is pushed from then on, and ends when its signal is aborted. */
  open(signal: AbortSignal): AsyncIterable<T>;
  push(value: T): void;
  readonly opened: number;
  readonly live: number;
}

export function createFakeStreams<T>(): FakeStreams<T> {
  const wakers = new Set<(value: T) => void>();
  const counts = { opened: 0, live: 0 };
  return {
    async *open(signal) {
      const waiting: T[] = [];
      let wake = () => {};
      const take = (value: T) => {
        waiting.push(value);
        wake();
      };
      wakers.add(take);
      counts.opened += 1;
      counts.live += 1;
      try {
        while (!signal.aborted) {
          const value = waiting.shift();
          if (value !== undefined) yield value;
          else {
            const { promise, resolve } = Promise.withResolvers<void>();
            wake = resolve;
            await Promise.race([promise, once(signal, 'abort')]);
          }
        }
      } finally {
        wakers.delete(take);
        counts.live -= 1;
      }
    },
    push(value) {
      for (const take of wakers) take(value);
    },
    get opened() {
      return counts.opened;
    },
    get live() {
      return counts.live;
    },
  };
}
