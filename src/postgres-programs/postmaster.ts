import { readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  listProcesses,
  markProcess,
  type ProcessMark,
  readProcess,
  readProgram,
  readWorkingDirectory,
  signalPid,
  signalProcess,
} from '../machine/process-mark.ts';
import { until } from '../waiting/until.ts';

/** The running server of a data directory. */
export interface Postmaster {
  readonly process: ProcessMark;
  readonly status: 'starting' | 'ready' | 'stopping';
  /** Whether it has its port; null of `port` before it wrote that. */
  readonly listens: boolean;
  readonly port: number | null;
}

/** Lines of postmaster.pid, counted from 0 (src/include/utils/pidfile.h of PostgreSQL). */
const PID_LINE = 0;
const PORT_LINE = 3;
const LISTEN_LINE = 5;
const STATUS_LINE = 7;

async function readPidFile(dataDirectory: string): Promise<readonly string[] | null> {
  const text = await readFile(path.join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => null);
  return text?.split('\n') ?? null;
}

async function runsIn(pid: number, dataDirectory: string): Promise<boolean> {
  const [program, directory] = await Promise.all([readProgram(pid), readWorkingDirectory(pid)]);
  return program !== null && path.basename(program) === 'postgres' && directory === dataDirectory;
}

/**
 * The server that runs on this data directory, whoever started it; null when none does. A process that merely got the pid
 * of an earlier server is not mistaken for it: every server works in its own data directory.
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | null> {
  const directory = await realpath(dataDirectory).catch(() => null);
  const lines = directory === null ? null : await readPidFile(directory);
  const pid = Number(lines?.[PID_LINE]);
  if (directory === null || lines === null || !Number.isInteger(pid) || pid <= 0) return null;
  const process = (await runsIn(pid, directory)) ? await markProcess(pid) : null;
  if (process === null) return null;
  const written = lines[STATUS_LINE]?.trim();
  const status = written === 'ready' || written === 'stopping' ? written : 'starting';
  return { process, status, listens: Boolean(lines[LISTEN_LINE]?.trim()), port: Number(lines[PORT_LINE]) || null };
}

/**
 * Takes away the lock file of a dead server whose pid another process has by now: PostgreSQL would take that one for a
 * server and refuse to start. Every other lock file stays, since PostgreSQL judges those better itself.
 */
export async function removeMisleadingLock(dataDirectory: string): Promise<void> {
  const directory = await realpath(dataDirectory).catch(() => null);
  const lines = directory === null ? null : await readPidFile(directory);
  const pid = Number(lines?.[PID_LINE]);
  if (directory === null || !Number.isInteger(pid) || pid <= 0) return;
  if ((await readProcess(pid)) === null || (await runsIn(pid, directory))) return;
  await rm(path.join(directory, 'postmaster.pid'), { force: true });
}

/** The pids of all processes of the data directory's servers, also those that outlived their postmaster. */
export async function listServerProcesses(dataDirectory: string): Promise<readonly number[]> {
  const directory = await realpath(dataDirectory).catch(() => null);
  if (directory === null) return [];
  const all = await listProcesses();
  const ours = await Promise.all(all.map((facts) => runsIn(facts.pid, directory)));
  return all.filter((_, index) => ours[index]).map((facts) => facts.pid);
}

/**
 * Stops the server of a data directory and resolves when no process of it is left: a fast shutdown, an immediate one when
 * that has not ended in time, and at last by force. Succeeds when none runs.
 */
export async function stopPostmaster(dataDirectory: string, graceMs: number): Promise<void> {
  const isGone = async () => (await listServerProcesses(dataDirectory)).length === 0;
  const postmaster = await findPostmaster(dataDirectory);
  if (postmaster !== null) {
    await signalProcess(postmaster.process, 'SIGINT');
    if (await until(isGone, { timeoutMs: graceMs, intervalMs: 50 })) return;
    await signalProcess(postmaster.process, 'SIGQUIT');
  }
  if (await until(isGone, { timeoutMs: 10_000, intervalMs: 50 })) return;
  for (const pid of await listServerProcesses(dataDirectory)) signalPid(pid, 'SIGKILL');
  await until(isGone, { timeoutMs: 10_000, intervalMs: 50 });
}
