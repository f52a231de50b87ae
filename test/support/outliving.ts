import { readFile } from 'node:fs/promises';
import { listProcesses, type ProcessFacts } from '../../src/machine/process-mark.ts';
import { pause } from '../../src/waiting/pause.ts';

/** Often enough to see most of those who start a process and go; a look at a busy machine takes some 5 ms of processor. */
const LOOK_MS = 1_000;
/** What was told to end may take so long. */
const GRACE_MS = 20_000;

/** Sees what a process starts, and what that starts in turn, also when whoever started it has gone. */
export interface Descendants {
  /**
   * Looks no more, and names what is still there in a while: its pid and command line. What the process itself started is
   * its own affair: test runners keep workers.
   */
  findOutliving(graceMs?: number): Promise<readonly string[]>;
}

const keyOf = ({ pid, startTicks }: ProcessFacts) => `${pid}/${startTicks}`;

/** `onSeen` hears at each look of all that lives of it, also of what the process itself has started. */
export function watchDescendants(
  root: number,
  lookMs = LOOK_MS,
  onSeen: (living: readonly ProcessFacts[]) => Promise<void> = async () => undefined,
): Descendants {
  const seen = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<unknown> = Promise.resolve();

  async function look(): Promise<readonly ProcessFacts[]> {
    const living = await listProcesses();
    const byPid = new Map(living.map((facts) => [facts.pid, facts]));
    const isOurs = (facts: ProcessFacts): boolean => {
      if (facts.pid === root) return false;
      const parent = byPid.get(facts.parent);
      const found =
        seen.has(keyOf(facts)) || facts.parent === root || (parent !== undefined && parent !== facts && isOurs(parent));
      if (found) seen.add(keyOf(facts));
      return found;
    };
    const ours = living.filter(isOurs);
    await onSeen(ours);
    return ours.filter((facts) => facts.parent !== root);
  }

  const lookAgain = () => {
    looking = look().finally(() => {
      if (timer !== null) timer = setTimeout(lookAgain, lookMs).unref();
    });
    looking.catch(() => undefined);
  };
  timer = setTimeout(lookAgain, 0).unref();

  return {
    async findOutliving(graceMs = GRACE_MS) {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await looking.catch(() => undefined);
      for (const deadline = performance.now() + graceMs; ; await pause(lookMs)) {
        const left = await look();
        if (left.length === 0) return [];
        if (performance.now() > deadline) return Promise.all(left.map(({ pid }) => describeProcess(pid)));
      }
    },
  };
}

/** The pid and the command line. */
export async function describeProcess(pid: number): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return `${pid} ${words.replaceAll('\0', ' ').trim().slice(0, 200)}`;
}
