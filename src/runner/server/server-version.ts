import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';

/** The major version of the server programs that are here. Throws a final failure where there are none. */
export async function readServerMajor({ programs }: Attempt): Promise<number> {
  const { exitCode, output } = await programs.run('postgres', { arguments: ['--version'] });
  const major = /\) (\d+)/.exec(output)?.[1];
  if (exitCode !== 0 || major === undefined) throw finalFailure('postgres cannot be run here');
  return Number(major);
}
