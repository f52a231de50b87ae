import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { Mode } from '../../src/app/mode.ts';
import {
  isAlive,
  listProcesses,
  markProcess,
  type ProcessMark,
  readWorkingDirectory,
} from '../../src/machine/process-mark.ts';
import { eventually } from './eventually.ts';
import { makeOnce } from './make-once.ts';

const LAUNCHER = path.resolve(import.meta.dirname, '../../src/toygres.sh');
/** What a user's shell hands on; nothing of the test runner's own settings reaches the product. */
const SHELL = Object.fromEntries(['PATH', 'HOME', 'LANG', 'TMPDIR'].map((name) => [name, process.env[name]]));

type Environment = Readonly<Record<string, string>>;

/** A server as its users start it: a process of its own. */
export interface E2eServer {
  /** Ends in `/graphql`; null for a worker. */
  readonly url: string | null;
  readonly token: string;
  readonly pid: number;
  /** All that it wrote to stdout and stderr so far. */
  readonly output: () => string;
  /** Asks it to end as Ctrl-C does and answers with its exit code. Again: the same. */
  stop(): Promise<number | null>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** How a server ended that never came up. */
export interface FailedStart {
  readonly code: number | null;
  readonly output: string;
}

/** A server of which nobody knows how far it is. */
export interface BegunServer {
  readonly output: () => string;
  /** Asks it to end as Ctrl-C does, and answers with the exit code, or the signal that it ended by. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

/** A fresh TOYGRES_HOME below /tmp that the unprivileged user of servers can enter. */
export interface E2eHome {
  readonly directory: string;
  /** Starts a server on any free port and waits until it says that it is ready. Throws with its last words otherwise. */
  start(mode?: Mode, environment?: Environment): Promise<E2eServer>;
  /** Starts one and waits for nothing. */
  begin(mode?: Mode, environment?: Environment): BegunServer;
  /** The same for a server that must not come up; fails when it does. */
  startInVain(mode?: Mode, environment?: Environment): Promise<FailedStart>;
  /** Runs a command that ends by itself. */
  run(words: readonly string[], environment?: Environment): Promise<FailedStart>;
  /** Every living process that works in, on or for this home, as `pid command`. */
  processes(): Promise<readonly string[]>;
  /** Ends whatever is left, by force, and removes the home. */
  stop(): Promise<void>;
}

interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly output: () => string;
}

function launch(words: readonly string[], environment: Environment): Started {
  const child = spawn(LAUNCHER, [...words], { env: { ...SHELL, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  // Not 'close': what it started and left behind when it was killed may hold its pipes.
  const exited = once(child, 'exit').then(() => child.exitCode);
  return { child, exited, output: () => said };
}

/** True when it is ready, false when it ended. One that does neither for long is killed, so that it is not left behind. */
async function untilReady({ child, exited, output }: Started): Promise<boolean> {
  let over = false;
  exited.then(() => (over = true));
  await eventually(
    () => over || output().includes('Toygres is ready'),
    (done) => done,
  ).catch(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return child.exitCode === null && child.signalCode === null;
}

/** The processes whose command line, environment or working directory names the home. */
async function findProcesses(home: string): Promise<readonly { readonly mark: ProcessMark; readonly text: string }[]> {
  const found = await Promise.all(
    (await listProcesses()).map(async ({ pid }) => {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      const command = (await read('cmdline')).replaceAll('\0', ' ').trim();
      const names = [command, await read('environ'), (await readWorkingDirectory(pid)) ?? ''].join(' ').includes(home);
      const mark = pid !== process.pid && names ? await markProcess(pid) : null;
      return mark === null ? null : { mark, text: `${pid} ${command.slice(0, 160)}` };
    }),
  );
  return found.filter((one) => one !== null);
}

async function killAll(home: string): Promise<void> {
  await eventually(
    async () => {
      const left = await findProcesses(home);
      for (const { mark } of left) if (await isAlive(mark)) process.kill(mark.pid, 'SIGKILL');
      return left.length;
    },
    (count) => count === 0,
  );
}

/**
 * Has the launcher make its bundle once in a run. Where nobody has run it yet, that is most of a minute of a processor for each
 * process that comes before it is made, and nothing that the start of a server should wait for.
 */
async function prepareLauncher(): Promise<void> {
  // Programs that use the same supports, and the tests on a cluster, have no run to keep it for.
  const bundles: string | undefined = process.env.VITEST === undefined ? undefined : inject('bundles');
  if (bundles === undefined) return;
  await makeOnce(`${bundles}-launched`, async (unfinished) => {
    await promisify(execFile)(LAUNCHER, ['--version'], { env: SHELL });
    await writeFile(unfinished, '');
  });
}

/** Makes a home; what it is named for shows in the list of processes. */
export async function makeE2eHome(name: string): Promise<E2eHome> {
  await prepareLauncher();
  const parent = await mkdtemp(`/tmp/toygres-e2e-${name}-`);
  await chmod(parent, 0o755);
  const directory = path.join(parent, 'home');
  const settings = (environment: Environment) => ({
    TOYGRES_HOME: directory,
    PORT: '0',
    HOST: '127.0.0.1',
    ...environment,
  });

  return {
    directory,
    async run(words, environment = {}) {
      const { exited, output } = launch(words, settings(environment));
      return { code: await exited, output: output() };
    },
    async start(mode = 'standalone', environment = {}) {
      const started = launch([mode], settings(environment));
      const { child, exited, output } = started;
      if (!(await untilReady(started))) throw new Error(`the server did not start:\n${output().slice(-4_000)}`);
      const token = environment.TOYGRES_API_TOKEN ?? (await readFile(path.join(directory, 'token'), 'utf8')).trim();
      return {
        url: /https?:\/\/\S+\/graphql/.exec(output())?.[0] ?? null,
        token,
        pid: child.pid ?? 0,
        output,
        stop: () => {
          child.kill('SIGTERM');
          return exited;
        },
        kill: async () => {
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    begin(mode = 'standalone', environment = {}) {
      const { child, exited, output } = launch([mode], settings(environment));
      return {
        output,
        stop: async () => {
          child.kill('SIGTERM');
          await exited;
          return child.exitCode ?? child.signalCode;
        },
      };
    },
    async startInVain(mode = 'standalone', environment = {}) {
      const started = launch([mode], settings(environment));
      const cameUp = await untilReady(started);
      if (cameUp) started.child.kill('SIGTERM');
      const code = await started.exited;
      if (cameUp) throw new Error(`the server came up:\n${started.output()}`);
      return { code, output: started.output() };
    },
    processes: async () => (await findProcesses(parent)).map(({ text }) => text),
    async stop() {
      await killAll(parent);
      const id = await readFile(path.join(directory, 'id'), 'utf8').catch(() => null);
      await rm(parent, { recursive: true, force: true });
      if (id !== null) await rm(path.join('/var/lib/toygres', id.trim()), { recursive: true, force: true });
    },
  };
}

/** Everything that lies below a directory, as paths relative to it. */
export async function listTree(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name))).sort();
}
