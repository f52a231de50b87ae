import { AppError } from '../../../../schema/errors.ts';
import { pause } from '../../../waiting/pause.ts';
import type { Known } from '../context.ts';

/** How often it is looked without any news: a watch can be silent for longer than it should. */
const BACKSTOP_MS = 5_000;

/** Resolves at the next change, after the backstop, or when the signal says so. */
export function nextChange(known: Known, signal: AbortSignal | null = null, ms = BACKSTOP_MS): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      forget();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const forget = known.onChange(end);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
  });
}

/** Looks after every change until `look` gives true. Throws UNAVAILABLE with what `late` says when that takes too long. */
export async function waitUntil(
  known: Known,
  look: () => Promise<boolean>,
  { timeoutMs, late }: { readonly timeoutMs: number; readonly late: () => string },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    // Before the look, so that no change in between is missed.
    const leaving = new AbortController();
    const change = nextChange(known, leaving.signal);
    try {
      if (await look()) return;
      if (performance.now() > deadline) throw new AppError('UNAVAILABLE', late());
      await change;
    } finally {
      leaving.abort();
    }
  }
}

/** Reads again and again while the API server is away, for as long as somebody follows; then the answer is null. */
export async function readPatiently<T>(
  read: () => Promise<T>,
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
): Promise<T | null> {
  for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, BACKSTOP_MS)) {
    try {
      return await read();
    } catch (error) {
      if (!follow || !(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
      await pause(pauseMs, signal);
    }
  }
  return null;
}
