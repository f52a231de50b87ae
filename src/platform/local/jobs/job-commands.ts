import { createHash } from 'node:crypto';
import {
  chmod,
  constants,
  copyFile,
  cp,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { invalidInput } from '../../../../schema/errors.ts';
import type { LocalContext } from '../context.ts';
import { isThere } from '../servers/server-records.ts';

/** Kinds of jobs that the runner has a program for. */
export const RUNNER_KINDS: readonly string[] = [
  'backup',
  'preflight',
  'restore',
  'backup-physical',
  'restore-physical',
  'verify-logical',
  'verify-physical',
];

/** Young objects of a job die at once: more room for them is only room. */
const NODE_OPTIONS = ['--max-semi-space-size=1'];

/** What its Node compiled of the runner: a start adds to it, and it is no part of what is run. */
const COMPILED = 'compiled';

async function readDigest(directories: readonly string[], salt: string): Promise<string> {
  const digest = createHash('sha256').update(salt);
  for (const directory of directories) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !file.startsWith(path.join(directory, COMPILED, '/')));
    for (const file of files.sort()) {
      const content = await readFile(file);
      digest.update(`${path.relative(directory, file)}\0${content.length}\0`).update(content);
    }
  }
  return digest.digest('hex').slice(0, 16);
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    await chmod(path.join(entry.parentPath, entry.name), 0o755);
  }
}

/** Whether every user of the machine can come to a file and run it. */
async function isOpenToAll(file: string): Promise<boolean> {
  const facts = await stat(file);
  if ((facts.mode & 0o005) !== 0o005) return false;
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    if (((await stat(directory)).mode & 0o001) === 0) return false;
    if (directory === path.dirname(directory)) return true;
  }
}

/** The Node that we run with, where the unprivileged users can run it: most live in a directory that they cannot enter. */
async function placeNode(directory: string): Promise<void> {
  const target = path.join(directory, 'node');
  await link(process.execPath, target).catch(() => copyFile(process.execPath, target, constants.COPYFILE_FICLONE));
}

/** Node looks for what was compiled under the number of the user who runs: here that of each user of a job is ours, which they may read. */
async function shareCompiled(runner: string, uids: readonly number[]): Promise<void> {
  const compiled = path.join(runner, COMPILED);
  const entries = await readdir(compiled, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    for (const uid of uids) {
      await symlink(name, path.join(compiled, name.replace(/-\d+$/, `-${uid}`))).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        },
      );
    }
  }
}

export interface JobCommands {
  /** Takes the order of the job as its last argument. */
  readonly supervisor: readonly string[];
  readonly worker: readonly string[];
  /** Null: the program moves its files itself. */
  readonly mover: readonly string[] | null;
  /** Makes the empty cluster of a restore; null: the program needs none. */
  readonly maker: readonly string[] | null;
}

/** What a program of a job needs to be made for it before. */
export const MAKERS: Readonly<Record<string, string>> = { restore: 'cluster' };

/**
 * Copies what jobs run to where their users can read it, one copy for each content, so that an upgrade does not change what
 * is running. Throws INVALID_INPUT when there is nothing to run for this kind of job.
 * `uids`: the users that it is run as.
 */
export async function placeCommands(
  {
    layout,
    scriptsDirectory,
    runnerDirectory,
    identity,
  }: Pick<LocalContext, 'layout' | 'scriptsDirectory' | 'runnerDirectory' | 'identity'>,
  kind: string,
  uids: readonly number[] = [],
): Promise<JobCommands> {
  const isScript = await isThere(path.join(scriptsDirectory, `${kind}.sh`));
  if (!isScript && !RUNNER_KINDS.includes(kind)) {
    throw invalidInput('kind', 'a job that has a program', `There is no script for ${kind} jobs on this platform.`);
  }
  const needsNode = identity !== null && !(await isOpenToAll(process.execPath));
  const target = path.join(
    layout.scripts,
    await readDigest([scriptsDirectory, runnerDirectory], `${process.version} ${needsNode}`),
  );
  if (!(await isThere(target))) {
    const unfinished = `${target}.${process.pid}.${performance.now().toString(36)}`;
    try {
      await mkdir(unfinished, { recursive: true });
      await cp(scriptsDirectory, path.join(unfinished, 'scripts'), { recursive: true });
      const compiled = path.join(runnerDirectory, COMPILED);
      const runner = path.join(unfinished, 'runner');
      await cp(runnerDirectory, runner, { recursive: true, filter: (file) => file !== compiled });
      // Where it is another user's, it may not be read.
      await cp(compiled, path.join(runner, COMPILED), { recursive: true }).catch(() => undefined);
      await openToAll(unfinished);
      if (needsNode) await placeNode(unfinished);
      await rename(unfinished, target).catch((error: NodeJS.ErrnoException) => {
        // Another process placed the same content meanwhile.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  await shareCompiled(path.join(target, 'runner'), uids);
  const node = needsNode ? path.join(target, 'node') : process.execPath;
  const runner = [node, ...NODE_OPTIONS, path.join(target, 'runner', 'main.mjs')];
  return {
    supervisor: [...runner, 'supervise'],
    worker: isScript ? ['bash', path.join(target, 'scripts', `${kind}.sh`)] : [...runner, 'work', kind],
    mover: isScript ? null : [...runner, 'move'],
    maker: isScript || MAKERS[kind] === undefined ? null : [...runner, 'work', MAKERS[kind]],
  };
}
