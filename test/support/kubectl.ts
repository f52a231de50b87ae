import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where kubectl is. Throws with what to do when it is not on the PATH. */
export function findKubectl(): string {
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(directory, 'kubectl');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Perhaps in the next one.
    }
  }
  throw new Error('kubectl is not on the PATH: install it, what is deployed is deployed with it');
}

/** What kubectl said on stdout, and its warnings. */
export interface KubectlAnswer {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Runs kubectl against the cluster that KUBECONFIG names; throws with what it said when it fails. */
export function kubectl(args: readonly string[], input = ''): Promise<KubectlAnswer> {
  return new Promise((resolve, reject) => {
    const child = execFile(findKubectl(), args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null) return reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`));
      resolve({ text: stdout, warnings: stderr.split('\n').filter((line) => line.startsWith('Warning:')) });
    });
    child.stdin?.end(input);
  });
}

/** The object or list that kubectl gets, as JSON. */
export async function readObjects<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse((await kubectl(['get', ...args, '--output', 'json'])).text) as T;
}

/** The log of a pod, followed until the pod is gone. */
export interface FollowedLog {
  /** Resolves with all of it when it has ended. */
  readonly whole: Promise<string>;
  stop(): void;
}

export function followLog(namespace: string, pod: string): FollowedLog {
  const child: ChildProcess = spawn(findKubectl(), ['logs', '--follow', '--namespace', namespace, pod], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout?.on('data', (chunk) => (text += String(chunk)));
  const whole = new Promise<string>((resolve) => child.once('close', () => resolve(text)));
  return { whole, stop: () => child.kill() };
}
