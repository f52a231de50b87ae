import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formatJobMessage, isControlLine, parseJobLine } from '../../../jobs/ports/job-protocol.ts';
import { MOVER_SECRETS, PROXIES } from '../../../jobs/ports/mover-secrets.ts';
import { signalPid } from '../../machine/process-mark.ts';
import { listProxySecrets } from '../../machine/proxies.ts';
import { type Owner, removeTree } from '../../machine/remove-tree.ts';
import { createLineSplitter } from '../programs/line-splitter.ts';
import { cleanLine } from './clean-line.ts';
import { exitStatusOf, FINAL_STATUS } from './exit-status.ts';
import { createLineFilter } from './line-filter.ts';
import { prepareMaker } from './make-before.ts';
import { createMembers } from './members.ts';
import { describeTooMuch, watchMemory } from './memory-watch.ts';

/** What an attempt runs, and as whom. */
export interface AttemptPlan {
  /** Counts from 1. */
  readonly number: number;
  /** Made for the attempt and removed after it; short, since sockets lie below it. */
  readonly directory: string;
  /** Holds a file for each secret. */
  readonly secretsDirectory: string;
  /** The environment of the program but for what is said of the attempt. */
  readonly environment: Readonly<Record<string, string>>;
  /** The program and its arguments. */
  readonly worker: readonly string[];
  /** What moves files for it; null: it needs none, or has one elsewhere. */
  readonly mover: readonly string[] | null;
  /** A mover that somebody else runs: where it is, and where it takes files from. Default: below `directory`. */
  readonly exchange?: { readonly socket: string; readonly out: string };
  /** Where the program's secrets are to lie. Default: below `directory`. */
  readonly secretsPlace?: string;
  /** Null: as who we are. */
  readonly users: { readonly worker: Owner; readonly mover: Owner } | null;
  /** Whether nobody but this attempt is the worker's user: then all that runs as it ends with it. Default: no. */
  readonly isWorkerAlone?: boolean;
  /** Makes what the worker needs, as another user; it is given to the worker when it is whole. */
  readonly maker?: { readonly command: readonly string[]; readonly user: Owner } | null;
  /** What its processes may hold of memory in all; over it the attempt ends, and no other can help. Null: as much as there is. */
  readonly memoryBytes?: number | null;
  /** Takes what it says line by line, control lines too, without secrets. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A process that hid from us and holds the pipe must not keep an attempt from its end. */
const LAST_WORDS_MS = 2_000;

async function makeOwn(directory: string, mode: number, owner: Owner | null): Promise<void> {
  await mkdir(directory, { mode });
  await chmod(directory, mode);
  if (owner !== null) await chown(directory, owner.uid, owner.gid);
}

async function copySecrets(from: string, to: string, owner: Owner | null, isWanted: (name: string) => boolean) {
  await makeOwn(to, 0o700, owner);
  const values: string[] = [];
  for (const name of await readdir(from)) {
    // A cluster mounts the files as links to such a directory of its own.
    if (name.startsWith('..')) continue;
    const value = await readFile(path.join(from, name), 'utf8');
    values.push(...(name === PROXIES ? listProxySecrets(JSON.parse(value)) : [value]));
    if (!isWanted(name)) continue;
    await writeFile(path.join(to, name), value, { mode: 0o600 });
    if (owner !== null) await chown(path.join(to, name), owner.uid, owner.gid);
  }
  return values;
}

function start(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  user: Owner | null,
  directory: string,
): ChildProcess {
  const [program = '', ...args] = command;
  return spawn(program, args, {
    ...(user ?? {}),
    cwd: directory,
    env: environment,
    // A session of its own, so that all of it can be found.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Runs one attempt to its end and gives its exit status, 128 + n when signal n ended it. When the signal aborts it is ended.
 * When this resolves no process of it is left, nor anything of its directory.
 */
export async function runAttempt(plan: AttemptPlan): Promise<number> {
  const { directory, users } = plan;
  const at = (name: string) => path.join(directory, name);
  const moverUser = users === null ? null : moverOf(users);
  const owners = users === null ? [] : [users.worker, moverOf(users), ...(plan.maker ? [plan.maker.user] : [])];
  await removeTree(directory, owners);
  await mkdir(directory, { recursive: true, mode: 0o711 });
  await chmod(directory, 0o711);
  await makeOwn(at('work'), 0o700, users?.worker ?? null);
  const secretsPlace = plan.secretsPlace ?? at('secrets');
  const exchange = plan.exchange ?? { socket: at('in/s'), out: at('out') };
  if (plan.exchange === undefined) await makeOwn(exchange.out, 0o750, users?.worker ?? null);
  await makeOwn(at('in'), 0o750, moverUser);
  await makeOwn(at('mover'), 0o700, moverUser);
  const isOfMover = (name: string) => plan.mover !== null && MOVER_SECRETS.includes(name);
  const secrets = await copySecrets(
    plan.secretsDirectory,
    secretsPlace,
    users?.worker ?? null,
    (name) => !isOfMover(name),
  );
  await copySecrets(plan.secretsDirectory, at('grant'), moverUser, isOfMover);
  const filter = createLineFilter(secrets);
  let failed: number | null = null;
  let tooMuch = false;

  const shared = {
    ...plan.environment,
    TOYGRES_ATTEMPT: String(plan.number),
    TOYGRES_MOVER_SOCKET: exchange.socket,
    TOYGRES_EXCHANGE_DIR: exchange.out,
  };
  const own = (scratch: string, secretsOf: string) => ({
    ...shared,
    TOYGRES_SECRETS_DIR: secretsOf,
    TOYGRES_SCRATCH_DIR: at(scratch),
    HOME: at(scratch),
    TMPDIR: at(scratch),
  });
  const mover =
    plan.mover === null
      ? null
      : start(
          nicely(plan.mover, plan.environment.TOYGRES_NICE),
          { ...own('mover', at('grant')), TOYGRES_RECEIVED_DIR: at('in/f') },
          moverUser,
          at('mover'),
        );
  const maker = users === null || !plan.maker ? null : await prepareMaker(directory, plan.maker, users.worker);
  if (maker !== null) await copySecrets(plan.secretsDirectory, maker.secrets, maker.user, (name) => !isOfMover(name));
  const made = maker === null ? {} : { TOYGRES_MADE_CLUSTER: maker.made };
  const worker = start(
    nicely(plan.worker, plan.environment.TOYGRES_NICE),
    { ...own('work', secretsPlace), ...made },
    users?.worker ?? null,
    at('work'),
  );
  const making = maker === null ? null : start(maker.command, own('make', maker.secrets), maker.user, maker.scratch);
  const children = [worker, ...(mover === null ? [] : [mover]), ...(making === null ? [] : [making])];
  const hear = (child: ChildProcess) => (line: string) => {
    // What the maker made is not the result of the job.
    if (child === making && parseJobLine(line)?.kind === 'result') return;
    // Nor is it the cause of a failure that what was ended for it had no time for.
    if (tooMuch && isControlLine(line)) return;
    plan.onLine(filter(line));
  };
  const said = children.map((child) => listen(child, hear(child)));
  const pids = children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const members = createMembers(directory, pids, plan.isWorkerAlone === true ? (users?.worker.uid ?? null) : null);
  const leadersEnded = Promise.all(children.map(endOf));
  const ended = endOf(worker);
  mover?.on('error', () => undefined);
  // Then what the worker waits for will not come.
  const notMade = making === null || maker === null ? NEVER : endOf(making).then((status) => maker.give(status));
  const { memoryBytes = null } = plan;
  const memory = Promise.withResolvers<number>();
  const watch =
    memoryBytes === null
      ? null
      : watchMemory({ directory, leaders: pids, limitBytes: memoryBytes }, (found) => {
          if (tooMuch) return;
          tooMuch = true;
          // At once: asked to end, it would go on growing meanwhile.
          signalPid(found.largest.pid, 'SIGKILL');
          const text = cleanLine(describeTooMuch(found, memoryBytes));
          plan.onLine(`error: ${text}`);
          plan.onLine(formatJobMessage({ kind: 'error', text }));
          memory.resolve(FINAL_STATUS);
        });
  try {
    const early = await Promise.race([ended, untilAborted(plan.signal), notMade, memory.promise]);
    if (tooMuch) failed = FINAL_STATUS;
    else if (typeof early === 'number' && worker.exitCode === null && worker.signalCode === null) failed = early;
    await members.end(leadersEnded);
    const status = failed ?? (await ended);
    await Promise.race([Promise.all(said), delay(LAST_WORDS_MS, undefined, { ref: false })]);
    return status;
  } finally {
    await watch?.stop();
    for (const child of children) {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
    await removeTree(directory, owners);
  }
}

const NEVER = new Promise<never>(() => undefined);

function endOf(child: ChildProcess): Promise<number> {
  // One may have ended while the next was made ready.
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(exitStatusOf(child.exitCode, child.signalCode));
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(exitStatusOf(code, signal)));
  });
}

/** By the program that sets it for all threads and children: node itself can only for one of its threads. */
function nicely(command: readonly string[], nice = ''): readonly string[] {
  return /^(?:[1-9]|1\d)$/.test(nice) ? ['nice', '-n', nice, ...command] : command;
}

/** The mover is another user than the worker, and of its group: it may read what the worker gives it, and nothing else. */
export function moverOf({ worker, mover }: NonNullable<AttemptPlan['users']>): Owner {
  return { uid: mover.uid, gid: worker.gid };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function listen(child: ChildProcess, take: (line: string) => void): Promise<unknown> {
  const streams = [child.stdout, child.stderr].flatMap((stream) => (stream === null ? [] : [stream]));
  return Promise.all(
    streams.map((stream) => {
      const splitter = createLineSplitter(take);
      stream.on('data', (chunk: Buffer) => splitter.push(chunk));
      return new Promise<void>((resolve) => {
        stream.once('close', () => {
          splitter.end();
          resolve();
        });
      });
    }),
  );
}
