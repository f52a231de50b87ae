import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type HeldLock, takeLock } from '../../machine/file-lock.ts';

const LOOK_MS = 200;
/** One waits for its place as long as it takes. */
const FOR_EVER_SECONDS = 365 * 86_400;

/**
 * Takes one of the places that jobs of this machine run in, first come, first served: one looks for a place at a time, the
 * others wait for their turn in the queue of the system. Null when the signal aborts first. It is held until the process ends.
 */
export async function takeSlot(directory: string, count: number, signal: AbortSignal): Promise<HeldLock | null> {
  const turn = await takeLock(path.join(directory, 'queue'), FOR_EVER_SECONDS, 'exclusive', signal);
  if (turn === null) return null;
  try {
    while (!signal.aborted) {
      for (let place = 0; place < count; place += 1) {
        const slot = await takeLock(path.join(directory, String(place)), 0);
        if (slot !== null) return slot;
      }
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return null;
  } finally {
    await turn.release();
  }
}
