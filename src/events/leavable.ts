/**
 * Makes a stream of a generator that can be left at any moment. A generator parked on an await ignores `return`, so
 * leaving (by `return` or by the caller's signal) first aborts the signal that the generator waits with. Nothing is
 * opened before the first `next`, and after leaving nothing is left: no generator, no listener on the caller's signal.
 */
export function leavable<T>(
  signal: AbortSignal,
  produce: (left: AbortSignal) => AsyncGenerator<T, void, void>,
): AsyncIterableIterator<T, void, void> {
  const left = new AbortController();
  let generator: AsyncGenerator<T, void, void> | null = null;
  let over = false;
  const end = { done: true, value: undefined } as const;

  function finish(): void {
    over = true;
    signal.removeEventListener('abort', onAbort);
  }
  function onAbort(): void {
    void leave().catch(() => undefined);
  }
  async function leave(): Promise<IteratorResult<T, void>> {
    finish();
    left.abort();
    await generator?.return();
    return end;
  }

  return {
    async next() {
      if (signal.aborted && !over) await leave();
      if (over) return end;
      if (generator === null) {
        signal.addEventListener('abort', onAbort, { once: true });
        generator = produce(left.signal);
      }
      try {
        const result = await generator.next();
        if (result.done === true) finish();
        return left.signal.aborted ? end : result;
      } catch (error) {
        finish();
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
