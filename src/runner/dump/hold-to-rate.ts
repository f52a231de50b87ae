import { listProcesses, signalPid } from '../../machine/process-mark.ts';
import { every } from '../../waiting/every.ts';

const LOOK_MS = 100;
/** What may have been written before it is looked at for the first time. */
const AT_ONCE_MS = 300;

/** Programs that must not write more a second than this, all of them together: whoever is ahead is stopped for a while. */
export interface RateLimit {
  /** Counts a program and what it starts, until the answer is called. `bytes`: what it has written that nobody else counts. */
  watch(pid: number, bytes: () => number): () => Promise<void>;
}

/**
 * Holds pg_dump to a rate: it has no such setting, and a server sends no faster than is read from it. `written`: what
 * all programs have finished, in bytes.
 */
export function createRateLimit(bytesPerSecond: number, written: () => number): RateLimit {
  const watched = new Map<number, () => number>();
  const begunAt = performance.now();
  let isHeld = false;

  const isAhead = () => {
    const soFar = [...watched.values()].reduce((sum, bytes) => sum + bytes(), written());
    return soFar > (bytesPerSecond * (performance.now() - begunAt + AT_ONCE_MS)) / 1000;
  };
  return {
    watch: (pid, bytes) => {
      watched.set(pid, bytes);
      const stopLooking = every(
        LOOK_MS,
        async () => {
          const ahead = isAhead();
          if (!ahead && !isHeld) return;
          isHeld = ahead;
          await signalAll([...watched.keys()], ahead ? 'SIGSTOP' : 'SIGCONT');
        },
        () => undefined,
      );
      return async () => {
        watched.delete(pid);
        await stopLooking();
        await signalAll([pid], 'SIGCONT');
      };
    },
  };
}

/** The program and its workers, which are its children. */
async function signalAll(roots: readonly number[], signal: NodeJS.Signals): Promise<void> {
  const all = await listProcesses();
  for (const root of roots) {
    for (const { pid, parent } of all) if (pid === root || parent === root) signalPid(pid, signal);
  }
}
