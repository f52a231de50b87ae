import { statfs } from 'node:fs/promises';
import { finalFailure } from './failure.ts';

const MIB = 1 << 20;

const megabytes = (bytes: number) => `${Math.ceil(bytes / MIB)} MiB`;

/**
 * Throws a final failure where a directory has less room than will be needed there: before anything is done, since no other
 * attempt would have more.
 */
export async function requireRoom(directory: string, neededBytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < neededBytes) throw finalFailure(describeTooLittle(what, neededBytes, `${megabytes(free)} are free`));
}

/** `had`: how much there is instead. */
export function describeTooLittle(what: string, neededBytes: number, had: string): string {
  return `there is too little room for ${what}: ${megabytes(neededBytes)} are needed, and ${had}`;
}
