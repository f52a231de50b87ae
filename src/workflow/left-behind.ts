import { pause } from '../waiting/pause.ts';
import type { EngineDeps, RunInHand } from './runs/run-in-hand.ts';

/** Waits for work that does not heed its signal, a while: what is taken back must not be made anew by it. */
export async function letLeftBehindEnd({ leftBehindMs }: EngineDeps, run: RunInHand): Promise<void> {
  if (run.leftBehind.size === 0) return;
  const over = new AbortController();
  const all = Promise.all(run.leftBehind).then(() => over.abort());
  await Promise.race([all, pause(leftBehindMs, AbortSignal.any([over.signal, run.control.backward.halted]))]);
  run.control.backward.check();
}
