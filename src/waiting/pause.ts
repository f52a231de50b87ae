/** Resolves after the time, or at once when the signal is or becomes aborted. Leaves neither timer nor listener. */
export function pause(ms: number, signal: AbortSignal | null = null, { ref = true } = {}): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (!ref) timer.unref();
    signal?.addEventListener('abort', done, { once: true });
  });
}
