import path from 'node:path';
import { FOR_EVER_SECONDS, type HeldLock, takeFirstLock, takeLock } from '../../machine/file-lock.ts';

/**
 * Takes one of the places that jobs of this machine run in, first come, first served: one waits for a place at a time, the
 * others wait for their turn in the queue of the system. Null when the signal aborts first. It is held until the process ends.
 */
export async function takeSlot(directory: string, count: number, signal: AbortSignal): Promise<HeldLock | null> {
  const turn = await takeLock(path.join(directory, 'queue'), FOR_EVER_SECONDS, 'exclusive', signal);
  if (turn === null) return null;
  const places = Array.from({ length: count }, (_, place) => path.join(directory, String(place)));
  try {
    // Mostly one is free, and one look is cheaper than a wait for all of them.
    for (const place of places) {
      const slot = await takeLock(place, 0);
      if (slot !== null) return slot;
    }
    return await takeFirstLock(places, signal);
  } finally {
    await turn.release();
  }
}
