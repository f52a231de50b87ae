import { listProcesses, signalPid } from '../../machine/process-mark.ts';
import { every } from '../../waiting/every.ts';

/** A dump writes some hundred megabytes a second: so long nobody sees it. */
const LOOK_MS = 20;
/** What came between two signals, such as a worker that was being started, is stopped with one of the next looks. */
const LOOKS_TO_SIGNAL = 10;
/** So much of it may be written at once: at the start, and after a while in which less was written. */
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
  const isSpent = createAllowance(bytesPerSecond);
  let isHeld = false;
  let looks = 0;

  const isAhead = () =>
    isSpent(
      [...watched.values()].reduce((sum, bytes) => sum + bytes(), written()),
      performance.now(),
    );
  return {
    watch: (pid, bytes) => {
      watched.set(pid, bytes);
      const stopLooking = every(
        LOOK_MS,
        async () => {
          const ahead = isAhead();
          if (!ahead && !isHeld) return;
          const isNews = ahead !== isHeld;
          isHeld = ahead;
          looks = isNews ? 0 : looks + 1;
          // To find all that it starts costs what is to be spared: while it stays stopped it starts nothing more.
          if (!isNews && looks % LOOKS_TO_SIGNAL > 0) return;
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

/**
 * Whether more has been written than the rate allows: `soFar` bytes in all, at a time in milliseconds. What was not
 * written in its time is not made up for later, but for a moment's worth: a rate is a promise to the server at any moment.
 */
export function createAllowance(bytesPerSecond: number): (soFar: number, nowMs: number) => boolean {
  const atOnce = (bytesPerSecond * AT_ONCE_MS) / 1000;
  let left = atOnce;
  let lookedAt: number | null = null;
  let counted = 0;
  return (soFar, nowMs) => {
    const grown = lookedAt === null ? 0 : (bytesPerSecond * (nowMs - lookedAt)) / 1000;
    // Between two counters bytes are seen by neither for a moment.
    const fresh = Math.max(0, soFar - counted);
    left = Math.min(left + grown - fresh, atOnce);
    lookedAt = nowMs;
    counted += fresh;
    return left < 0;
  };
}

/** The program and its workers, which are its children. */
async function signalAll(roots: readonly number[], signal: NodeJS.Signals): Promise<void> {
  const all = await listProcesses();
  for (const root of roots) {
    for (const { pid, parent } of all) if (pid === root || parent === root) signalPid(pid, signal);
  }
}
