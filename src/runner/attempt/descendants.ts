import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, signalPid } from '../../machine/process-mark.ts';

const GRACE_MS = 2_000;
const FORCED_MS = 18_000;

async function listDescendants(): Promise<readonly number[]> {
  const all = await listProcesses();
  const found = new Set([process.pid]);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** Ends everything that this process has started, gently for two seconds. */
export async function endDescendants(): Promise<void> {
  const begun = performance.now();
  for (let asked = false; performance.now() - begun < GRACE_MS + FORCED_MS; asked = true) {
    const pids = await listDescendants();
    if (pids.length === 0) return;
    const isForced = performance.now() - begun > GRACE_MS;
    for (const pid of pids) if (!asked || isForced) signalPid(pid, isForced ? 'SIGKILL' : 'SIGTERM');
    await delay(25);
  }
}
