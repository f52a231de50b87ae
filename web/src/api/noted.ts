import { useSyncExternalStore } from 'react';

/** So many of the newest stay; nobody reads more at once. */
const SHOWN = 5;

let noted: readonly string[] = [];
const listeners = new Set<() => void>();

function set(next: readonly string[]): void {
  noted = next;
  for (const tell of listeners) tell();
}

/** The notices of all payloads in the answer to a mutation. */
export function noticesIn(data: unknown): readonly string[] {
  return Object.values(data ?? {}).flatMap((payload: { readonly notices?: readonly string[] } | null) =>
    Array.isArray(payload?.notices) ? payload.notices : [],
  );
}

/** Keeps what a mutation had to say besides its answer, for the shell to show until somebody has read it. Twice: once. */
export function note(notices: readonly string[]): void {
  if (notices.length === 0) return;
  set([...noted.filter((one) => !notices.includes(one)), ...new Set(notices)].slice(-SHOWN));
}

export const forgetNoted = () => set([]);

export function useNoted(): readonly string[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => noted,
  );
}
