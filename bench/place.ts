import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { findPostgresPrograms, type PostgresPrograms } from '../src/postgres-programs/find.ts';
import { type ProcessIdentity, readServerIdentity } from '../src/postgres-programs/identity.ts';

/** Where a bench works, and what with. */
export interface Place {
  /** Below /tmp; the unprivileged user of servers can enter it. */
  readonly directory: string;
  readonly programs: PostgresPrograms;
  readonly identity: ProcessIdentity | null;
  /** Has this done when the bench is interrupted; the answer takes that back. */
  onInterrupt(stop: () => Promise<void>): () => void;
  /** Says on stderr what is going on. */
  say(text: string): void;
}

/**
 * Makes the place; disposing of it removes all that is in it. What runs there must have been stopped, but for an
 * interruption (Ctrl-C, SIGTERM), which stops it and ends this process.
 */
export async function makePlace(): Promise<Place & AsyncDisposable> {
  const [programs] = await findPostgresPrograms(null);
  if (programs === undefined) throw new Error("PostgreSQL's programs are not installed: apt-get install postgresql");
  const directory = await mkdtemp('/tmp/toygres-bench-');
  await chmod(directory, 0o755);
  const stops = new Set<() => Promise<void>>();
  const remove = () => rm(directory, { recursive: true, force: true });
  const interrupt = async () => {
    await Promise.allSettled([...stops].map((stop) => stop()));
    await remove();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupt());
  return {
    directory,
    programs,
    identity: await readServerIdentity(),
    onInterrupt(stop) {
      stops.add(stop);
      return () => void stops.delete(stop);
    },
    say: (text) => void process.stderr.write(`${text}\n`),
    [Symbol.asyncDispose]: remove,
  };
}

/** A place of its own within another: what one section leaves is not found by the next. It is removed after the work. */
export async function inOwnPlace<T>(place: Place, name: string, work: (own: Place) => Promise<T>): Promise<T> {
  const directory = path.join(place.directory, name);
  await mkdir(directory);
  await chmod(directory, 0o755);
  try {
    return await work({ ...place, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
