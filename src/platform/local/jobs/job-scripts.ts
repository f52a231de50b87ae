import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { invalidInput } from '../../../../schema/errors.ts';
import type { LocalContext } from '../context.ts';
import { isThere } from '../servers/server-records.ts';

async function readDigest(directories: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const directory of directories) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
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

export interface JobScripts {
  readonly supervisor: string;
  readonly script: string;
}

/**
 * Copies the job scripts and the supervisor to where the unprivileged user can read them, one copy for each content, so that an upgrade does
 * not change a script that bash is in the middle of. Throws INVALID_INPUT when there is none for this kind of job.
 */
export async function placeScripts(
  { layout, scriptsDirectory, supervisorPath }: Pick<LocalContext, 'layout' | 'scriptsDirectory' | 'supervisorPath'>,
  kind: string,
): Promise<JobScripts> {
  if (!(await isThere(path.join(scriptsDirectory, `${kind}.sh`)))) {
    throw invalidInput('kind', 'a job that has a script', `There is no script for ${kind} jobs on this platform.`);
  }
  const supervisorDirectory = path.dirname(supervisorPath);
  const target = path.join(layout.scripts, await readDigest([scriptsDirectory, supervisorDirectory]));
  if (!(await isThere(target))) {
    const unfinished = `${target}.${process.pid}.${performance.now().toString(36)}`;
    try {
      await mkdir(unfinished, { recursive: true });
      await cp(scriptsDirectory, path.join(unfinished, 'scripts'), { recursive: true });
      await cp(supervisorDirectory, path.join(unfinished, 'local'), { recursive: true });
      await openToAll(unfinished);
      await rename(unfinished, target).catch((error: NodeJS.ErrnoException) => {
        // Another process placed the same content meanwhile.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return {
    supervisor: path.join(target, 'local', path.basename(supervisorPath)),
    script: path.join(target, 'scripts', `${kind}.sh`),
  };
}
