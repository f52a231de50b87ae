import path from 'node:path';
import type { Programs } from '../programs/run-program.ts';

/** The best compression for its time that this pg_dump has, as its option. It says what it lacks before it connects. */
export async function findCompression(programs: Programs, scratch: string, pgDumpMajor: number): Promise<string> {
  const gzip = '--compress=1';
  if (pgDumpMajor < 16) return gzip;
  const zstd = '--compress=zstd:1';
  const nobody = path.join(scratch, 'nobody');
  const end = await programs.run('pg_dump', {
    arguments: ['--no-password', `--host=${nobody}`, '--format=custom', zstd, `--file=${nobody}.dump`],
  });
  return end.errorLines.some((line) => line.includes('not support')) ? gzip : zstd;
}
