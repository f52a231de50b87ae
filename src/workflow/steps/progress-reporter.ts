/** Passes on the newest value, at most one in each interval; what comes in between is replaced by what comes later. */
export interface ProgressReporter<T> {
  report(value: T): void;
  /** Drops what waits and resolves when nothing is being written any more. */
  drain(): Promise<void>;
  /** Drains, and takes nothing more. */
  close(): Promise<void>;
}

/** `write` must not reject. */
export function createProgressReporter<T>(intervalMs: number, write: (value: T) => Promise<void>): ProgressReporter<T> {
  let waiting: { readonly value: T } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  function schedule(): void {
    if (closed || waiting === null || timer !== null || writing !== null) return;
    timer = setTimeout(pass, Math.max(0, lastAt + intervalMs - performance.now()));
  }
  function pass(): void {
    timer = null;
    if (waiting === null) return;
    const { value } = waiting;
    waiting = null;
    writing = write(value).finally(() => {
      // Counted from the end of the write: a slow one is not followed at once by the next.
      lastAt = performance.now();
      writing = null;
      schedule();
    });
  }

  async function drain(): Promise<void> {
    waiting = null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    await writing;
  }

  return {
    drain,
    report(value) {
      if (closed) return;
      waiting = { value };
      schedule();
    },
    close() {
      closed = true;
      return drain();
    },
  };
}
