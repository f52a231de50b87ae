import { useSyncExternalStore } from 'react';

/** How things stand between this page and its server. */
export type Line = 'connecting' | 'open' | 'lost' | 'offline';

let line: Line = 'connecting';
let everOpen = false;
let isSocketThere = false;
const listeners = new Set<() => void>();
const reopened = new Set<() => void>();

function set(next: Line): void {
  if (next === line) return;
  line = next;
  for (const tell of listeners) tell();
}

/** Told by the client of the API. */
export function tellSocket(state: 'open' | 'closed'): void {
  isSocketThere = state === 'open';
  if (isSocketThere) setOpen();
  else set(navigator.onLine ? 'lost' : 'offline');
}

function setOpen(): void {
  const back = everOpen;
  everOpen = true;
  set('open');
  if (back) for (const tell of reopened) tell();
}

/** Nobody is signed in, so that there is no line to keep. */
export function forgetLine(): void {
  everOpen = false;
  set('connecting');
}

/** Calls back each time that the line is there again after it was cut. */
export function onReopened(tell: () => void): () => void {
  reopened.add(tell);
  return () => reopened.delete(tell);
}

addEventListener('offline', () => set('offline'));
addEventListener('online', () => {
  // A network that was away for a moment may not have cut the socket, whose life is asked for all the time; requests failed.
  if (isSocketThere) setOpen();
  else if (line === 'offline') set('lost');
});

export function useLine(): Line {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => line,
  );
}
