import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface TestAzcopy {
  /** Runs it to its end; exit status 0 or the text of what it printed. */
  run(...args: string[]): Promise<{ readonly ok: boolean; readonly output: string }>;
  stop(): Promise<void>;
}

/** The real azcopy of the npm package, in a directory of its own. */
export async function prepareAzcopy(): Promise<TestAzcopy> {
  const directory = await mkdtemp('/tmp/toygres-azcopy-');
  const root = path.dirname(createRequire(import.meta.url).resolve('@azure-tools/azcopy-linux/package.json'));
  const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const binary = path.join(directory, 'azcopy');
  await copyFile(path.join(root, `dist/bin/azcopy_linux_${machine}`), binary);
  await chmod(binary, 0o755);
  const env = {
    HOME: directory,
    PATH: process.env.PATH,
    AZCOPY_LOG_LOCATION: directory,
    AZCOPY_JOB_PLAN_LOCATION: directory,
    AZCOPY_DISABLE_SYSLOG: 'true',
  };
  return {
    run: (...args) =>
      new Promise((resolve) => {
        execFile(binary, args, { env }, (error, stdout, stderr) => {
          resolve({ ok: error === null, output: stdout + stderr });
        });
      }),
    stop: () => rm(directory, { recursive: true, force: true }),
  };
}
