import path from 'node:path';
import type { Programs } from '../programs/run-program.ts';

export interface CompressionGround {
  readonly programs: Programs;
  readonly scratch: string;
  /** What may still be written there. */
  readonly roomBytes: number;
  readonly pgDumpMajor: number;
  /** Of the server that is dumped. */
  readonly databaseBytes: number;
  /** From 1. */
  readonly attempt: number;
}

/** Files are compressed on their way. */
export const PLAIN = '--compress=0';
/** Rows as text take up to so many times what they take in the server, mostly far less. */
const ROOM_FOR_PLAIN = 3;

/**
 * The best compression for its time that this pg_dump has, as its option: zstd, or none, where files are compressed with zstd
 * on their way. That needs more room while they are written: where there is little, or an attempt before failed, it is gzip.
 */
export async function findCompression(ground: CompressionGround): Promise<string> {
  const { programs, scratch, roomBytes, pgDumpMajor, databaseBytes, attempt } = ground;
  const gzip = attempt === 1 && roomBytes >= ROOM_FOR_PLAIN * databaseBytes ? PLAIN : '--compress=1';
  if (pgDumpMajor < 16) return gzip;
  const zstd = '--compress=zstd:1';
  const nobody = path.join(scratch, 'nobody');
  // It says what it lacks before it connects.
  const end = await programs.run('pg_dump', {
    arguments: ['--no-password', `--host=${nobody}`, '--format=custom', zstd, `--file=${nobody}.dump`],
  });
  return end.errorLines.some((line) => line.includes('not support')) ? gzip : zstd;
}
