import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Has all that was written before on the disk. Whoever syncs a file system waits for what others have left there, and whoever does
 * not leaves it to the next: by turns both would measure that.
 */
export async function settleDisk(): Promise<void> {
  await promisify(execFile)('sync');
}
