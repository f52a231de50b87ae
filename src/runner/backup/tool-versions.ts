import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';

const VERSION = /^pg_dump \(PostgreSQL\) (\d+\S*)/;

/** The version of the pg_dump that is here; throws a final JobFailure where it cannot dump such a server. */
export async function readPgDumpVersion({ programs }: Pick<Attempt, 'programs'>, serverMajor: number): Promise<string> {
  const end = await programs.run('pg_dump', { arguments: ['--version'] }).catch(() => null);
  const version = VERSION.exec(end?.output ?? '')?.[1];
  if (version === undefined) throw finalFailure('pg_dump cannot be run here');
  if (Number.parseInt(version, 10) < serverMajor) {
    throw finalFailure(`pg_dump ${version} cannot dump a server of version ${serverMajor}`);
  }
  return version;
}
