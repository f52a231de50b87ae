import type { ApiContext } from './context.ts';

/** What a subscription's `subscribe` is called with. */
export interface Subscriber<Args> {
  readonly args: Args;
  readonly context: ApiContext;
}

/**
 * Gives a stream to one subscriber. Nothing is opened before the first `next`.
 *
 * Leaving (`return`, also while a `next` waits, also twice) aborts the stream first: an async generator that is parked on
 * an await would otherwise not hear of it, and stay for ever. What the stream still says after that is dropped.
 */
export function follow<T>(open: (signal: AbortSignal) => AsyncIterable<T>): AsyncIterableIterator<T> {
  const left = new AbortController();
  const end: IteratorResult<T> = { done: true, value: undefined };
  let source: AsyncIterator<T> | null = null;

  const leave = async (): Promise<IteratorResult<T>> => {
    left.abort();
    const opened = source;
    source = null;
    await opened?.return?.().catch(() => end);
    return end;
  };

  return {
    async next() {
      if (left.signal.aborted) return end;
      source ??= open(left.signal)[Symbol.asyncIterator]();
      try {
        const result = await source.next();
        return left.signal.aborted ? end : result;
      } catch (error) {
        if (left.signal.aborted) return end;
        throw error;
      }
    },
    return: leave,
    async throw(error) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
