import { jobLimits } from '../../platform-jobs/job-limits.ts';
import { directoryOf } from '../../ports/attempt-directory.ts';
import type { ImageManifest } from '../../ports/manifest.ts';
import { isPackName, roomFor } from '../../ports/pack-sizes.ts';
import type { JobSpec } from '../../ports/platform/jobs.ts';

/** Tiny files in a pack take whole blocks of a disk, and nobody recorded how many there are. */
const UNKNOWN_SHARE = 4;

/** The scratch space of a job. */
export type Scratch = Pick<JobSpec, 'scratchBytes' | 'scratchAtMostBytes'>;

/**
 * The scratch space of a job that brings a LOGICAL image here, where its packs are unpacked: what the manifest says of that. Of
 * an image of before it was recorded it asks for what is stored, and may take what its packs hold at most.
 */
export function scratchOfImage({ unpackedBytes, files }: Pick<ImageManifest, 'unpackedBytes' | 'files'>): Scratch {
  if (unpackedBytes !== null) return { scratchBytes: jobLimits(unpackedBytes).scratchBytes };
  const storedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const mostBytes = files.reduce((sum, { name, sizeBytes }) => {
    const plainName = name.slice(directoryOf(name).length).replace(/\.age$/, '');
    const room = roomFor({ name: plainName, sizeBytes });
    return sum + (isPackName(plainName) ? UNKNOWN_SHARE * room : room);
  }, 0);
  return {
    scratchBytes: jobLimits(storedBytes).scratchBytes,
    scratchAtMostBytes: jobLimits(mostBytes).scratchBytes,
  };
}
