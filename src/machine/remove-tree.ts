import { spawn } from 'node:child_process';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** A user of the system, by numbers. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const TRIES = 3;

/** Runs a program without a shell and does not care how it ends: what counts is what is left. Null: as who we are. */
async function run(program: string, args: readonly string[], owner: Owner | null): Promise<void> {
  await new Promise<void>((resolve) => {
    const user = owner === null ? {} : { uid: owner.uid, gid: owner.gid };
    const child = spawn(program, args, { ...user, cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}

const asUser = (uid: number): Owner | null => (process.getuid?.() === 0 ? { uid, gid: uid } : null);

/** Removes a file in a directory of that user as that user, who may have put something else in its way. */
export async function removeFileAs(uid: number, target: string): Promise<void> {
  await run('rm', ['-f', '--', target], asUser(uid));
}

/** Closes a directory of that user to everybody else, as that user. */
export async function closeDirectoryAs(uid: number, target: string): Promise<void> {
  await run('chmod', ['0700', '--', target], asUser(uid));
}

async function clearAs(owner: Owner, places: readonly string[]): Promise<void> {
  // Directories that their owner closed to himself.
  await run('chmod', ['-R', 'u+rwX', '--', ...places], owner);
  await run('rm', ['-rf', '--', ...places], owner);
}

async function removeEmpty(directory: string): Promise<boolean> {
  return rmdir(directory).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return true;
      if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/**
 * Removes a directory of ours with directories in it that belong to others, who may have left links in them for root to
 * follow: what is in theirs is removed as them. Succeeds when it is absent. Throws ENOTEMPTY when somebody goes on writing.
 * With no owners, or when we are an ordinary user, everything is ours.
 */
export async function removeTree(directory: string, owners: readonly Owner[]): Promise<void> {
  if (owners.length === 0 || process.getuid?.() !== 0) {
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    return;
  }
  for (let tries = 1; ; tries += 1) {
    const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (entries === null) return;
    const places = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(directory, entry.name));
    if (places.length > 0) for (const owner of owners) await clearAs(owner, places);
    for (const entry of entries) {
      const target = path.join(directory, entry.name);
      // The directory itself is ours: nobody could have put something else there.
      if (entry.isDirectory()) await removeEmpty(target);
      else await rm(target, { force: true });
    }
    if (await removeEmpty(directory)) return;
    if (tries === TRIES) throw Object.assign(new Error(`${directory} is not empty`), { code: 'ENOTEMPTY' });
  }
}
