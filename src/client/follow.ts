import { UnavailableError } from './errors.ts';

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** How long the server may be away before following ends with its error, in ms. Default 5 minutes. */
  readonly awayForMs?: number;
  /** Told when the connection breaks, and when it is there again. */
  readonly onConnection?: (state: 'lost' | 'back', why?: Error) => void;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/**
 * What a subscription with a cursor gives, over lost connections and restarts of the server: `open` is called again with the
 * cursor of the last value that was handed out, so that nothing is lost and nothing comes twice. Ends when the server
 * completes it or `signal` is aborted. Throws what is no lost connection, and UnavailableError when the server stays away.
 */
export async function* followFrom<Value, Cursor>(
  first: Cursor,
  open: (cursor: Cursor) => AsyncIterable<Value>,
  cursorOf: (value: Value) => Cursor,
  { signal, awayForMs = 300_000, onConnection }: FollowOptions = {},
): AsyncGenerator<Value, void, undefined> {
  let cursor = first;
  let lostAt: number | null = null;
  for (let waitMs = FIRST_MS; !signal?.aborted; waitMs = Math.min(LONGEST_MS, waitMs * 2)) {
    try {
      for await (const value of open(cursor)) {
        if (lostAt !== null) onConnection?.('back');
        lostAt = null;
        waitMs = FIRST_MS;
        cursor = cursorOf(value);
        yield value;
        if (signal?.aborted) return;
      }
      return;
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof UnavailableError)) throw error;
      if (lostAt === null) onConnection?.('lost', error);
      lostAt ??= Date.now();
      if (Date.now() - lostAt > awayForMs) throw error;
      await pause(waitMs * (0.5 + Math.random() / 2), signal);
    }
  }
}
