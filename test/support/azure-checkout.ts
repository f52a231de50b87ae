import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './source-files.ts';

/** How a script ended. */
export interface ScriptEnd {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** A checkout of its own whose scripts meet stand-ins for az, docker, kubectl and curl, which remember what was made. */
export interface AzureCheckout {
  readonly directory: string;
  run(script: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<ScriptEnd>;
  /** Every call so far, one line each, quoted as bash would. */
  calls(): Promise<readonly string[]>;
  /** Those that change something. */
  changes(): Promise<readonly string[]>;
  /** What the stand-ins keep under the name; null when there is no such thing. */
  kept(name: string): Promise<string | null>;
  keep(name: string, text: string): Promise<void>;
  forget(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Calls that only look, sign in, or say again what is there already. */
const HARMLESS = / (show|list|get-credentials|get) | apply --server-side /;

/** Makes it. `kubectl`: a real one, with which the stand-in renders what is applied. */
export async function makeAzureCheckout({ kubectl = '' } = {}): Promise<AzureCheckout> {
  const parent = await mkdtemp('/tmp/toygres-azure-');
  const [directory, state] = [path.join(parent, 'checkout'), path.join(parent, 'state')];
  await cp(path.join(import.meta.dirname, 'stand-ins'), path.join(parent, 'bin'), { recursive: true });
  await cp(path.join(ROOT, 'deploy'), path.join(directory, 'deploy'), { recursive: true });
  await cp(path.join(ROOT, 'package.json'), path.join(directory, 'package.json'));
  await cp(path.join(ROOT, '.gitignore'), path.join(directory, '.gitignore'));
  execFileSync('mkdir', [state]);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: directory });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'a checkout');
  const read = (name: string) => readFile(path.join(state, name), 'utf8').catch(() => null);
  const calls = async () => ((await read('calls')) ?? '').split('\n').filter((line) => line !== '');
  return {
    directory,
    run: (script, args, environment = {}) =>
      new Promise((resolve) => {
        execFile(
          path.join(directory, 'deploy', script),
          args,
          {
            cwd: parent,
            env: {
              HOME: parent,
              PATH: `${path.join(parent, 'bin')}:/usr/local/bin:/usr/bin:/bin`,
              STAND_IN_STATE: state,
              STAND_IN_KUBECTL: kubectl,
              ...environment,
            },
          },
          (error, output, errors) =>
            resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, errors: errors.toString() }),
        );
      }),
    calls,
    changes: async () => (await calls()).filter((call) => !HARMLESS.test(call)),
    kept: read,
    keep: (name, text) => writeFile(path.join(state, name), text),
    forget: (name) => rm(path.join(state, name), { force: true }),
    stop: () => rm(parent, { recursive: true, force: true }),
  };
}
