import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { withLock } from '../../../machine/file-lock.ts';
import { isUnfinished } from '../../../machine/whole-file.ts';
import type { Layout, ServerPaths } from '../layout.ts';

/** False when something of the server is left in its directory. Only for who holds the lock. */
async function removeWhenEmpty(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
  const names = await readdir(directory);
  // Of a process that died while it wrote: we hold the lock, so nobody is going to finish it.
  const unfinished = names.filter(isUnfinished);
  for (const name of unfinished) await rm(path.join(directory, name), { force: true });
  return unfinished.length > 0 && unfinished.length === names.length ? removeWhenEmpty(directory) : false;
}

/**
 * Does the work while nobody else, in this process or another, changes the server. Throws UNAVAILABLE when somebody else
 * still does after that time. When nothing of the server is left afterwards, its directory and lock go as well.
 */
export function withServerLock<T>(
  layout: Layout,
  ref: ServerRef,
  waitSeconds: number,
  work: (paths: ServerPaths) => Promise<T>,
): Promise<T> {
  const paths = layout.server(ref);
  const busy = `Server ${ref.resourceName} is being started, changed or shut down by somebody else: try again.`;
  return withLock(paths.lock, { waitSeconds, busy }, async (lock) => {
    const result = await work(paths);
    if (await removeWhenEmpty(paths.directory)) await lock.remove();
    return result;
  });
}
