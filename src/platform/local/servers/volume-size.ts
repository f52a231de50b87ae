import { statfs } from 'node:fs/promises';
import type { ServerRef, VolumeGrowth } from '../../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../../schema/errors.ts';
import { readJsonFile, writeJsonFile } from '../../../machine/whole-file.ts';
import type { ServerPaths } from '../layout.ts';
import { VolumeRecord } from './server-records.ts';

const GIB = 2 ** 30;

/**
 * Writes down the larger size of a volume. A directory has no size of its own, so all that can be promised is that the
 * disk has room for what it is to grow by. Throws STEP_FAILED when it has not.
 */
export async function growVolume(paths: ServerPaths, ref: ServerRef, storageGib: number): Promise<void> {
  const record = await readJsonFile(paths.volumeRecord, VolumeRecord);
  if (record === null) throw new AppError('STEP_FAILED', `The volume of ${ref.resourceName} is gone: it cannot grow.`);
  if (record.storageGib >= storageGib) return;
  const { bavail, bsize } = await statfs(paths.volume);
  const freeGib = (bavail * bsize) / GIB;
  const moreGib = storageGib - record.storageGib;
  if (freeGib < moreGib) {
    const free = freeGib.toFixed(1);
    throw new AppError(
      'STEP_FAILED',
      `The volume is to grow by ${moreGib} GiB, and the disk of this machine has ${free} GiB free: make room there first.`,
    );
  }
  await writeJsonFile(paths.volumeRecord, { ...record, storageGib });
}

/** Whether the larger size was written down. */
export async function readGrowth(paths: ServerPaths, storageGib: number): Promise<VolumeGrowth> {
  const record = await readJsonFile(paths.volumeRecord, VolumeRecord);
  if (record === null) return { state: 'FAILED', detail: 'it is gone' };
  if (record.storageGib >= storageGib) return { state: 'GROWN', detail: null };
  return { state: 'FAILED', detail: `it was made for ${record.storageGib} GiB, and nobody asked for more` };
}
