import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import {
  isAlive,
  listProcesses,
  listProcessesOf,
  markProcess,
  type ProcessMark,
  readProcess,
  readProgram,
  readUser,
  readWorkingDirectory,
  signalPid,
  signalProcess,
} from '../machine/process-mark.ts';
import { removeFileAs } from '../machine/remove-tree.ts';
import { readPlainFile } from '../machine/whole-file.ts';
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

/** How long processes may outlive their postmaster before they are ended by force. */
const OUTLIVING_MS = 10_000;
const LEFT_RUNNING_MS = 2_000;

/** PostgreSQL's own has some hundred bytes. */
const PID_FILE_BYTES = 8192;

async function readPidFile(dataDirectory: string): Promise<readonly string[] | null> {
  const text = await readPlainFile(path.join(dataDirectory, 'postmaster.pid'), PID_FILE_BYTES).catch(() => null);
  return text?.split('\n') ?? null;
}

/** A data directory that is one, and whose it is. Its owner may have put a link in its place: that leads nowhere. */
interface DataPlace {
  readonly directory: string;
  readonly uid: number;
}

async function findPlace(dataDirectory: string): Promise<DataPlace | null> {
  const parent = await realpath(path.dirname(dataDirectory)).catch(() => null);
  if (parent === null) return null;
  const directory = path.join(parent, path.basename(dataDirectory));
  const facts = await lstat(directory).catch(() => null);
  return facts?.isDirectory() ? { directory, uid: facts.uid } : null;
}

async function runsIn(pid: number, { directory, uid }: DataPlace): Promise<boolean> {
  const [program, working, user] = await Promise.all([readProgram(pid), readWorkingDirectory(pid), readUser(pid)]);
  return program !== null && path.basename(program) === 'postgres' && working === directory && user === uid;
}

/**
 * The server that runs on this data directory, whoever started it; null when none does. A process that merely got the pid
 * of an earlier server is not mistaken for it: every server works in its own data directory, as the user whose that is.
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | null> {
  const place = await findPlace(dataDirectory);
  const lines = place === null ? null : await readPidFile(place.directory);
  const pid = Number(lines?.[PID_LINE]);
  if (place === null || lines === null || !Number.isInteger(pid) || pid <= 0) return null;
  const process = (await runsIn(pid, place)) ? await markProcess(pid) : null;
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
  const place = await findPlace(dataDirectory);
  const lines = place === null ? null : await readPidFile(place.directory);
  const pid = Number(lines?.[PID_LINE]);
  if (place === null || !Number.isInteger(pid) || pid <= 0) return;
  if ((await readProcess(pid)) === null || (await runsIn(pid, place))) return;
  await removeFileAs(place.uid, path.join(place.directory, 'postmaster.pid'));
}

/**
 * The pids of all processes of the data directory's servers, also those that outlived their postmaster. `ownUid`: the user
 * that nobody but this server is; then everything that runs as that user is its, wherever it went.
 */
export async function listServerProcesses(
  dataDirectory: string,
  ownUid: number | null = null,
): Promise<readonly number[]> {
  if (ownUid !== null) return listProcessesOf(ownUid);
  const place = await findPlace(dataDirectory);
  if (place === null) return [];
  const all = await listProcesses();
  const ours = await Promise.all(all.map((facts) => runsIn(facts.pid, place)));
  return all.filter((_, index) => ours[index]).map((facts) => facts.pid);
}

/**
 * Stops the server of a data directory and resolves when no process of it is left: a fast shutdown, an immediate one when
 * that has not ended in time, and at last by force. Succeeds when none runs.
 */
export async function stopPostmaster(
  dataDirectory: string,
  graceMs: number,
  ownUid: number | null = null,
): Promise<void> {
  const list = () => listServerProcesses(dataDirectory, ownUid);
  const isGone = async () => (await list()).length === 0;
  const postmaster = await findPostmaster(dataDirectory);
  if (postmaster !== null) {
    const hasEnded = async () => !(await isAlive(postmaster.process));
    await signalProcess(postmaster.process, 'SIGINT');
    if (!(await until(hasEnded, { timeoutMs: graceMs, intervalMs: 50 }))) {
      await signalProcess(postmaster.process, 'SIGQUIT');
    }
  }
  // What its users left running besides has no say in when it is over.
  const patienceMs = ownUid === null || postmaster === null ? OUTLIVING_MS : LEFT_RUNNING_MS;
  if (await until(isGone, { timeoutMs: patienceMs, intervalMs: 50 })) return;
  for (const pid of await list()) signalPid(pid, 'SIGKILL');
  await until(isGone, { timeoutMs: OUTLIVING_MS, intervalMs: 50 });
}
