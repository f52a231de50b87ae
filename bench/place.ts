import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { findPostgresPrograms, type PostgresPrograms } from '../src/postgres-programs/find.ts';
import { type ProcessIdentity, readServerIdentity } from '../src/postgres-programs/identity.ts';

/** Where a bench works, and what with. */
export interface Place {
  /** Below /tmp; the unprivileged user of servers can enter it. */
  readonly directory: string;
  readonly programs: PostgresPrograms;
  readonly identity: ProcessIdentity | null;
  /** Says on stderr what is going on. */
  say(text: string): void;
}

/** Makes the place; disposing of it removes all that is in it. What runs there must have been stopped. */
export async function makePlace(): Promise<Place & AsyncDisposable> {
  const [programs] = await findPostgresPrograms(null);
  if (programs === undefined) throw new Error("PostgreSQL's programs are not installed: apt-get install postgresql");
  const directory = await mkdtemp('/tmp/toygres-bench-');
  await chmod(directory, 0o755);
  return {
    directory,
    programs,
    identity: await readServerIdentity(),
    say: (text) => void process.stderr.write(`${text}\n`),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
