import { chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a directory and those above it that are missing, each with exactly this mode whatever the umask; one that is there
 * keeps its own.
 *
 * As `mkdir -p`: Node's own does not come back where the system says that a parent which is there is not (/proc), and
 * under a strict umask it would close directories that another user must pass through.
 */
export async function makeDirectories(directory: string, mode: number): Promise<void> {
  try {
    await makeOne(directory, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path.dirname(directory) === directory) throw error;
    await makeDirectories(path.dirname(directory), mode);
    await makeOne(directory, mode);
  }
}

async function makeOne(directory: string, mode: number): Promise<void> {
  try {
    await mkdir(directory, { mode });
    await chmod(directory, mode);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(directory)).isDirectory();
    if (!isThere) throw error;
  }
}
