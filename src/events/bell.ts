/** Wakes one waiter. Rung while nobody waits, it is heard by the next wait. */
export interface Bell {
  ring(): void;
  /** Resolves when rung or aborted; leaves no listener behind. */
  wait(signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(signal) {
      if (!rung && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        signal.addEventListener('abort', wake, { once: true });
        await promise;
        signal.removeEventListener('abort', wake);
        wake = () => {};
      }
      rung = false;
    },
  };
}
