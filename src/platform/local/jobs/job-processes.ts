import { AppError } from '../../../../schema/errors.ts';
import {
  createBearerSearch,
  listProcesses,
  type ProcessFacts,
  type ProcessMark,
  readBootId,
  readProcess,
  signalPid,
} from '../../../machine/process-mark.ts';
import { until } from '../../../waiting/until.ts';
import type { JobPaths } from '../layout.ts';

/** A session outlives its leader, and the system gives no pid out again that still names a session, until it is booted anew. */
async function isSessionStillIts(supervisor: ProcessMark): Promise<boolean> {
  if (supervisor.bootId !== (await readBootId())) return false;
  const holder = await readProcess(supervisor.pid);
  return holder === null || holder.startTicks === supervisor.startTicks;
}

function withDescendants(all: readonly ProcessFacts[], first: ReadonlySet<number>): Set<number> {
  const members = new Set(first);
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const facts of all) {
      // A session carries its leader's pid.
      if (members.has(facts.parent) || members.has(facts.session)) members.add(facts.pid);
    }
  }
  return members;
}

/**
 * Lists every living process of a job: its supervisor, what carries the job's scratch directory in its environment (also when it
 * made itself a session of its own), and the children of all these.
 */
function createJobProcessList(paths: JobPaths, supervisor: ProcessMark): () => Promise<readonly number[]> {
  const findBearers = createBearerSearch({ beginning: `TOYGRES_SCRATCH_DIR=${paths.scratch}/` });
  return async () => {
    const all = await listProcesses();
    const ofSession = await isSessionStillIts(supervisor);
    const isOfSession = (facts: ProcessFacts) => ofSession && facts.session === supervisor.pid;
    const bearers = await findBearers(all);
    const first = new Set(all.flatMap((facts) => (isOfSession(facts) || bearers.has(facts.pid) ? [facts.pid] : [])));
    const members = withDescendants(all, first);
    members.delete(process.pid);
    return [...members];
  };
}

/** Kills every process of a job and resolves when none is left. Throws UNAVAILABLE when one is after 10 s. */
export async function killJobProcesses(paths: JobPaths, supervisor: ProcessMark): Promise<void> {
  const list = createJobProcessList(paths, supervisor);
  const ended = await until(
    async () => {
      const members = await list();
      for (const pid of members) signalPid(pid, 'SIGKILL');
      return members.length === 0;
    },
    { timeoutMs: 10_000, intervalMs: 10 },
  );
  if (!ended) {
    throw new AppError(
      'UNAVAILABLE',
      'A process of the job was killed and does not end: it may wait for a disk that does not answer.',
    );
  }
}
