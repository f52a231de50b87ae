import { readFile } from 'node:fs/promises';
import { listProcesses } from '../../machine/process-mark.ts';

/** Processor time of a process and all below it, in ticks: it stands still when nothing is done. */
export type WorkMeter = () => Promise<number>;

/** Of this process's children and theirs. */
export function createWorkMeter(root: number): WorkMeter {
  return async () => {
    const all = await listProcesses();
    const below = new Set([root]);
    for (let grew = true; grew; ) {
      const before = below.size;
      for (const one of all) if (below.has(one.parent)) below.add(one.pid);
      grew = below.size > before;
    }
    let ticks = 0;
    for (const pid of below) {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += (Number(fields[11]) || 0) + (Number(fields[12]) || 0);
    }
    return ticks;
  };
}

const LOOK_AFTER_MS = 30_000;
/** A second of a processor. */
const AT_LEAST_TICKS = 100;

/** Tells of what stands still for long whether it is busy: a sort for an index makes nothing grow. */
export function busyWords(
  meter: WorkMeter,
  now: () => number = () => performance.now(),
): (state: string) => Promise<string> {
  let before = '';
  let since = now();
  let looked = now();
  let worked = 0;
  let words = '';
  return async (state) => {
    if (state !== before) {
      before = state;
      since = now();
      looked = since;
      words = '';
    } else if (now() - looked >= LOOK_AFTER_MS) {
      const ticks = await meter();
      if (ticks - worked >= AT_LEAST_TICKS) words = ` (busy for ${Math.floor((now() - since) / 1000)} s)`;
      worked = ticks;
      looked = now();
    }
    return words;
  };
}
