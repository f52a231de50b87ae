/**
 * Hands what one part of a program makes to another that takes it, in order, and lets the maker wait while too much is on
 * its way.
 */
export interface Channel {
  /** Resolves when there is room for more. Throws the taker's error when that has failed. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  /** Ends the taker with an error instead. */
  fail(error: unknown): void;
}

/** Starts the taker. Its end, or its error, is `taken`. */
export function openChannel<T>(
  bytesAtMost: number,
  take: (content: AsyncIterable<Uint8Array>) => Promise<T>,
): Channel & { readonly taken: Promise<T> } {
  const waiting: Uint8Array[] = [];
  let bytesWaiting = 0;
  let ended = false;
  const failures: unknown[] = [];
  let wake: () => void = () => undefined;
  let makeRoom: () => void = () => undefined;

  async function* content(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        bytesWaiting -= next.length;
        if (bytesWaiting <= bytesAtMost) makeRoom();
        yield next;
      } else if (failures.length > 0) throw failures[0];
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  const taken = take(content());
  taken.catch((error: unknown) => {
    failures.push(error);
    makeRoom();
  });
  return {
    taken,
    write: async (bytes) => {
      if (failures.length > 0) throw failures[0];
      waiting.push(bytes);
      bytesWaiting += bytes.length;
      wake();
      if (bytesWaiting > bytesAtMost) await new Promise<void>((resolve) => (makeRoom = resolve));
      if (failures.length > 0) throw failures[0];
    },
    end: () => {
      ended = true;
      wake();
    },
    fail: (error) => {
      failures.push(error);
      waiting.length = 0;
      wake();
    },
  };
}
