import { rmdir } from 'node:fs/promises';
import type { ServerRef } from '../../../jobs/ports/platform.ts';
import { withLock } from '../../machine/file-lock.ts';
import type { Layout, ServerPaths } from './layout.ts';

/** False when something of the server is left in its directory. */
async function removeWhenEmpty(directory: string): Promise<boolean> {
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
