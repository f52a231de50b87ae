import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, copyFile, cp, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findPostgresPrograms, type PostgresPrograms } from '../../src/postgres-programs/find.ts';
import { type ProcessIdentity, readServerIdentity, spawnOptionsFor } from '../../src/postgres-programs/identity.ts';
import { PROGRAMS } from '../../src/runner/programs-by-kind.ts';
import { bundledRunner } from './runner.ts';

const SCRIPTS = path.resolve(import.meta.dirname, '../../templates/scripts');
const MARK = '::toygres:: ';

export type ScriptName =
  | 'backup.sh'
  | 'restore.sh'
  | 'preflight.sh'
  | 'backup-physical'
  | 'restore-physical'
  | 'verify-physical';

export interface ScriptProgress {
  readonly phase: string;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly percent: number | null;
  readonly message: string | null;
}

/** How one run of a script ended. */
export interface ScriptEnd {
  readonly exitCode: number | null;
  readonly progress: readonly ScriptProgress[];
  /** Results as they were printed, parsed; a run that succeeds prints one, as its last line. */
  readonly results: readonly Record<string, unknown>[];
  readonly errors: readonly string[];
  /** All lines, control lines too. */
  readonly lines: readonly string[];
  readonly scratchDirectory: string;
}

export interface RunningScript {
  readonly pid: number;
  readonly ended: Promise<ScriptEnd>;
  /** Resolves with the first line that matches; rejects when the script ends without one. */
  untilLine(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
}

export interface ScriptRun {
  readonly parameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly attempt?: number;
  /** A directory of programs to be found before all others. */
  readonly programsBefore?: string;
  /** Where scratch space is to be, instead of a directory of its own. */
  readonly scratchParent?: string;
}

/** Runs the scripts of templates/scripts as a platform does: as an unprivileged user, with the environment of their README. */
export interface ScriptRunner {
  readonly identity: ProcessIdentity | null;
  /** PostgreSQL's programs. */
  readonly binDirectory: string;
  /** A new directory that the scripts' user owns. */
  makeDirectory(name: string): Promise<string>;
  start(script: ScriptName, run: ScriptRun): Promise<RunningScript>;
  run(script: ScriptName, run: ScriptRun): Promise<ScriptEnd>;
  /** Runs a program of test/support/trial-runner.ts. */
  runTrial(kind: string, run: ScriptRun): Promise<ScriptEnd>;
  /** Ends what still runs and removes every directory. */
  stop(): Promise<void>;
}

function listen(child: ChildProcess, scratchDirectory: string): RunningScript {
  const lines: string[] = [];
  const waiting = new Set<{ pattern: RegExp; resolve: (line: string) => void; reject: (error: Error) => void }>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const one of waiting) {
        if (!one.pattern.test(line)) continue;
        waiting.delete(one);
        one.resolve(line);
      }
    });
  }
  const said = (kind: string) =>
    lines.filter((line) => line.startsWith(`${MARK}${kind} `)).map((line) => line.slice(MARK.length + kind.length + 1));
  const ended = new Promise<ScriptEnd>((resolve) => {
    child.once('close', (code, signal) => {
      for (const one of waiting) one.reject(new Error(`the script ended before: ${lines.slice(-5).join('\n')}`));
      resolve({
        exitCode: signal === null ? code : null,
        progress: said('progress').map((line) => JSON.parse(line) as ScriptProgress),
        results: said('result').map((line) => JSON.parse(line) as Record<string, unknown>),
        errors: said('error'),
        lines,
        scratchDirectory,
      });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    untilLine: (pattern) => {
      const already = lines.find((line) => pattern.test(line));
      if (already !== undefined) return Promise.resolve(already);
      return new Promise((resolve, reject) => waiting.add({ pattern, resolve, reject }));
    },
    signal: (name) => {
      child.kill(name);
    },
  };
}

/** Node where any user can run it. */
async function placeNode(directory: string): Promise<string> {
  const node = path.join(directory, 'node');
  await link(process.execPath, node).catch(() => copyFile(process.execPath, node));
  return node;
}

/** A kind of job that the runner has a program for is run by it, both halves of it; any other by its script. */
async function commandOf(home: string, script: ScriptName): Promise<readonly string[]> {
  const kind = script.replace(/\.sh$/, '');
  if (!Object.hasOwn(PROGRAMS, kind)) return ['bash', path.join(SCRIPTS, script)];
  return [path.join(home, 'tools', 'node'), await placeRunner(home, 'src/runner/main.ts'), 'attempt', kind];
}

/** Copied once for all jobs of a home, also where they start side by side. */
const placed = new Map<string, Promise<string>>();

function placeRunner(home: string, entry: string): Promise<string> {
  const directory = path.join(home, path.parse(entry).name);
  const place =
    placed.get(directory) ??
    bundledRunner(entry).then(async (bundle) => {
      await cp(bundle, directory, { recursive: true });
      return path.join(directory, 'main.mjs');
    });
  placed.set(directory, place);
  return place;
}

/** Puts azcopy where the scripts find it, and finds PostgreSQL. */
export async function createScriptRunner(other?: PostgresPrograms): Promise<ScriptRunner> {
  const identity = await readServerIdentity();
  const programs = other ?? (await findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null))[0];
  if (programs === undefined) throw new Error('no PostgreSQL server programs found: apt-get install postgresql');
  const home = await mkdtemp('/tmp/toygres-scripts-');
  await chmod(home, 0o755);
  const tools = path.join(home, 'tools');
  await mkdir(tools);
  const azcopy = path.dirname(createRequire(import.meta.url).resolve('@azure-tools/azcopy-linux/package.json'));
  const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';
  await copyFile(path.join(azcopy, `dist/bin/azcopy_linux_${machine}`), path.join(tools, 'azcopy'));
  await chmod(path.join(tools, 'azcopy'), 0o755);
  const node = await placeNode(tools);
  const running = new Set<ChildProcess>();

  const own = async (target: string, mode: number) => {
    await chmod(target, mode);
    if (identity !== null) await chown(target, identity.uid, identity.gid);
  };
  const makeDirectory = async (name: string) => {
    const directory = await mkdtemp(path.join(home, `${name}-`));
    await own(directory, 0o700);
    return directory;
  };
  const startCommand = async (command: readonly string[], run: ScriptRun) => {
    const [program = '', ...args] = command;
    const secretsDirectory = await makeDirectory('secrets');
    for (const [name, value] of Object.entries(run.secrets)) {
      await writeFile(path.join(secretsDirectory, name), value);
      await own(path.join(secretsDirectory, name), 0o600);
    }
    const scratch = run.scratchParent ?? (await makeDirectory('scratch'));
    const search = [run.programsBefore, tools, programs.directory, '/usr/bin', '/bin'];
    const child = spawn(program, args, {
      ...spawnOptionsFor(identity),
      cwd: '/',
      // A process group of its own, as on a platform.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: search.filter((directory) => directory !== undefined).join(':'),
        HOME: scratch,
        TMPDIR: scratch,
        TOYGRES_SECRETS_DIR: secretsDirectory,
        TOYGRES_SCRATCH_DIR: scratch,
        TOYGRES_ATTEMPT: String(run.attempt ?? 1),
        ...run.parameters,
      },
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    return listen(child, scratch);
  };
  const start: ScriptRunner['start'] = async (script, run) => startCommand(await commandOf(home, script), run);
  const trial = async () => placeRunner(home, 'test/support/trial-runner.ts');
  return {
    identity,
    binDirectory: programs.directory,
    makeDirectory,
    start,
    run: async (script, run) => (await start(script, run)).ended,
    runTrial: async (kind, run) => (await startCommand([node, await trial(), 'attempt', kind], run)).ended,
    stop: async () => {
      for (const child of running) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
}
