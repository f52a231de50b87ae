import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import * as z from 'zod/mini';

/** One process as /proc shows it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks after boot at which it started: with the pid and the boot, unique. */
  readonly startTicks: string;
}

/** Tells one process from every other that ever had its pid, also over restarts of this program and of the machine. */
export const ProcessMark = z.object({
  pid: z.number().check(z.int(), z.positive()),
  startTicks: z.string(),
  bootId: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

/** Changes with every start of the machine; processes noted under another one are gone. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** So many processes are read before other work has its turn. */
const AT_ONCE = 64;

/** The kernel answers from memory: to have a thread ask costs five times as much as to ask. Empty when the process is gone. */
function readNow(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function readFacts(pid: number): ProcessFacts | null {
  const stat = readNow(pid, 'stat');
  // The program's name stands in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined || 'ZXx'.includes(state)) return null;
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), startTicks };
}

/** Null when there is no such process, or only its zombie, which its parent has yet to collect. */
export async function readProcess(pid: number): Promise<ProcessFacts | null> {
  return readFacts(pid);
}

async function readOfAll<P, T>(processes: readonly P[], read: (each: P) => T | null): Promise<readonly T[]> {
  const found: (T | null)[] = [];
  for (const [index, each] of processes.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await otherWork();
    found.push(read(each));
  }
  return found.filter((each) => each !== null);
}

/** Every living process of this machine that may be seen. */
export async function listProcesses(): Promise<readonly ProcessFacts[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return readOfAll(names.map(Number), readFacts);
}

/** Null when the process has ended already. */
export async function markProcess(pid: number): Promise<ProcessMark | null> {
  const facts = await readProcess(pid);
  return facts === null ? null : { pid, startTicks: facts.startTicks, bootId: await readBootId() };
}

/** False also when another process has the pid by now. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
  const facts = await readProcess(mark.pid);
  return facts !== null && facts.startTicks === mark.startTicks && (await readBootId()) === mark.bootId;
}

/** Sends the signal to that very process; succeeds when it has ended already. Throws when it belongs to another user. */
export async function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): Promise<void> {
  if (await isAlive(mark)) signalPid(mark.pid, signal);
}

/** The same for a pid that was seen alive a moment ago. */
export function signalPid(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The pids of everything that runs as a user of the system, whatever it calls itself and wherever it went. */
export async function listProcessesOf(uid: number): Promise<readonly number[]> {
  const pids = (await listProcesses()).map(({ pid }) => pid);
  return readOfAll(pids, (pid) => (readUserNow(pid) === uid ? pid : null));
}

/** The user that started a process, also when its program is another's by the setuid bit; null when it is gone. */
export async function readUser(pid: number): Promise<number | null> {
  return readUserNow(pid);
}

function readUserNow(pid: number): number | null {
  const real = /^Uid:\s+(\d+)/m.exec(readNow(pid, 'status'))?.[1];
  return real === undefined ? null : Number(real);
}

/** Whose processes are looked for: by an entry in their environment that begins so, or by the user that nobody else is. */
export interface Sign {
  readonly beginning: string;
  readonly uid?: number | null;
}

/** Of /proc, on every processor that we run on. */
const TICKS_A_SECOND = 100;

/** The clock ticks after boot at which a process started that has its own program, environment and user for long. */
function readSettledTicks(): number {
  try {
    const seconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    return (seconds - 1) * TICKS_A_SECOND;
  } catch {
    return 0;
  }
}

/**
 * Finds which of the processes bear a sign; what may not be seen bears none. A process has both from its parent, or is given them
 * as it begins: who has lived for a second without is not read again.
 */
export function createBearerSearch({ beginning, uid = null }: Sign) {
  const strangers = new Map<number, string>();
  const bears = (pid: number) =>
    (uid !== null && readUserNow(pid) === uid) || `\0${readNow(pid, 'environ')}`.includes(`\0${beginning}`);

  return async (all: readonly ProcessFacts[]): Promise<ReadonlySet<number>> => {
    const lives = new Set(all.map(({ pid }) => pid));
    for (const pid of strangers.keys()) if (!lives.has(pid)) strangers.delete(pid);
    const settledTicks = readSettledTicks();
    const unknown = all.filter(({ pid, startTicks }) => strangers.get(pid) !== startTicks);
    const found = await readOfAll(unknown, ({ pid, startTicks }) => {
      if (bears(pid)) return pid;
      if (Number(startTicks) < settledTicks) strangers.set(pid, startTicks);
      return null;
    });
    return new Set(found);
  };
}

/** The program file that a process runs, also after a package upgrade has replaced it; null when it may not be seen. */
export async function readProgram(pid: number): Promise<string | null> {
  const target = await readlink(`/proc/${pid}/exe`).catch(() => null);
  return target === null ? null : target.replace(/ \(deleted\)$/, '');
}

/** Null when the process is gone or belongs to another user. */
export async function readWorkingDirectory(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}
