import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const LAUNCHER = path.resolve(import.meta.dirname, '../../src/toygres.sh');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly said: () => { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<Ended>;
}

type Environment = Readonly<Record<string, string>>;

/** A `toygres` command as a process, with nothing of the environment but what it is given. */
export function startCommand(words: readonly string[], environment: Environment, input = ''): RunningCommand {
  return begin(LAUNCHER, words, environment, input);
}

export function runCommand(words: readonly string[], environment: Environment, input = ''): Promise<Ended> {
  return startCommand(words, environment, input).ended;
}

/** The same in a pseudo terminal of so many columns: what it writes to stdout and stderr comes as one. */
export function runInTerminal(words: readonly string[], environment: Environment, columns = 100): Promise<Ended> {
  const running = startInTerminal(words, environment, columns);
  running.child.stdin?.end();
  return running.ended;
}

/** A command in a pseudo terminal, into which the test types by `child.stdin`. */
export function startInTerminal(words: readonly string[], environment: Environment, columns = 100): RunningCommand {
  const quoted = [LAUNCHER, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const command = `stty cols ${columns} rows 40; exec ${quoted}`;
  return begin('script', ['-qec', command, '/dev/null'], { ...environment, TERM: 'xterm-256color' }, null);
}

function begin(
  program: string,
  words: readonly string[],
  environment: Environment,
  input: string | null,
): RunningCommand {
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...environment };
  const child = spawn(program, [...words], { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.on('error', () => undefined);
  if (input !== null) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, said: () => ({ stdout, stderr }), ended };
}
