/** Limits how many pieces of work run at once; who waits is served in the order of asking. */
export interface Slots {
  /** Resolves with the function that gives the slot back (once; again has no effect), or with null when aborted first. */
  take(signal: AbortSignal): Promise<(() => void) | null>;
}

export function createSlots(size: number): Slots {
  let free = size;
  const waiting = new Set<() => void>();

  function hold(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      free += 1;
      const [next] = waiting;
      next?.();
    };
  }

  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(null);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(hold());
      }
      return new Promise((resolve) => {
        const leave = () => {
          waiting.delete(enter);
          signal.removeEventListener('abort', refuse);
        };
        const enter = () => {
          leave();
          free -= 1;
          resolve(hold());
        };
        const refuse = () => {
          leave();
          resolve(null);
        };
        waiting.add(enter);
        signal.addEventListener('abort', refuse, { once: true });
      });
    },
  };
}
