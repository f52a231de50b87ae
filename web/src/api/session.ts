import { useSyncExternalStore } from 'react';

let isOut = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (next === isOut) return;
  isOut = next;
  for (const tell of listeners) tell();
}

/** The server does not know this browser any more: it asks to sign in, on whichever page it is. */
export const signedOut = () => set(true);
export const signedIn = () => set(false);

export function useIsOut(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => isOut,
  );
}
