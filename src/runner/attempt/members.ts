import { setTimeout as delay } from 'node:timers/promises';
import { createBearerSearch, listProcesses, type ProcessFacts, signalPid } from '../../machine/process-mark.ts';

/** Longer than what each of them gives those that it started. */
const GRACE_MS = 3_000;
const LOOKS_AT_MOST = 50;

/** The processes of one attempt, however they hide: whoever was seen once stays one, since its parent may die first. */
export interface Members {
  /** Those that live. */
  list(): Promise<readonly number[]>;
  /** Ends all: first asked, after three seconds forced. `leadersEnded`: before that it does not look for who is left. */
  end(leadersEnded: Promise<unknown>): Promise<void>;
}

/**
 * `directory`: of the attempt; its processes have their scratch directory below it. `leaders`: the processes that were
 * started for it, each the head of a session. `ownUid`: the user that nobody but this attempt is.
 */
export function createMembers(directory: string, leaders: readonly number[], ownUid: number | null = null): Members {
  const seen = new Map<number, string>();
  const isSeen = ({ pid, startTicks }: ProcessFacts) => seen.get(pid) === startTicks;
  const findBearers = createBearerSearch({ beginning: `TOYGRES_SCRATCH_DIR=${directory}/`, uid: ownUid });

  async function find(): Promise<ProcessFacts[]> {
    const all = (await listProcesses()).filter(({ pid }) => pid !== process.pid);
    const keep = (facts: ProcessFacts) => seen.set(facts.pid, facts.startTicks);
    const bearers = await findBearers(all.filter((facts) => !isSeen(facts)));
    for (const facts of all) if (bearers.has(facts.pid)) keep(facts);
    const byPid = new Map(all.map((facts) => [facts.pid, facts]));
    for (let before = -1; before !== seen.size; ) {
      before = seen.size;
      for (const facts of all) {
        if (isSeen(facts)) continue;
        const parent = byPid.get(facts.parent);
        const isOurs = [facts.pid, facts.session, facts.group].some((id) => leaders.includes(id));
        if (isOurs || (parent !== undefined && isSeen(parent))) keep(facts);
      }
    }
    return all.filter(isSeen);
  }

  const signalAll = async (signal: NodeJS.Signals) => {
    const found = await find();
    for (const { pid } of found) signalPid(pid, signal);
    return found.length;
  };

  return {
    list: async () => (await find()).map(({ pid }) => pid),
    end: async (leadersEnded) => {
      if ((await signalAll('SIGTERM')) === 0) return;
      const begun = performance.now();
      await Promise.race([leadersEnded, delay(GRACE_MS, undefined, { ref: false })]);
      while (performance.now() - begun < GRACE_MS) {
        if ((await find()).length === 0) return;
        await delay(20);
      }
      for (let looks = 0; looks < LOOKS_AT_MOST; looks += 1) {
        if ((await signalAll('SIGKILL')) === 0) return;
        await delay(50);
      }
    },
  };
}
