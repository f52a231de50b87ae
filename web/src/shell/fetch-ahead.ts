import { onReopened } from '../api/connection.ts';
import { queries } from '../api/queries.ts';
import { CODE_OF_PAGES } from './places.ts';

/** What is looked at comes first: it is waited for so long, again and again, until nothing is asked for. */
const LOOK_MS = 200;

/** Resolves when the browser has nothing better to do, the answers of the page included; rejects when `signal` says so. */
async function untilIdle(signal: AbortSignal): Promise<void> {
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    // Safari has none.
    if ('requestIdleCallback' in globalThis) await new Promise((resolve) => requestIdleCallback(resolve));
    signal.throwIfAborted();
  } while (queries.isFetching() > 0);
}

async function fetchAll(signal: AbortSignal): Promise<void> {
  for (const load of CODE_OF_PAGES) {
    await untilIdle(signal);
    await load();
  }
}

/**
 * Brings the code of all pages while nothing else is to be done, one after the other, so that each opens at once, and also
 * without the server. What does not come is asked for again when the line to the server is there again. Ends with `signal`.
 */
export function fetchAhead(signal: AbortSignal): void {
  // It matters that nothing fails here: a page whose code is not there asks for it itself.
  const begin = () => void fetchAll(signal).catch(() => undefined);
  const forget = onReopened(begin);
  signal.addEventListener('abort', forget);
  begin();
}
