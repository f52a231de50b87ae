import os from 'node:os';
import path from 'node:path';
import { every } from '../../waiting/every.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { JobFailure } from '../attempt/failure.ts';
import type { ProgramEnd } from '../programs/run-program.ts';

/** From here on Linux tells whoever syncs a file system of what could not be written. */
const TELLS_FROM = { major: 5, minor: 8 };

/** Of a program that does not know the option. */
const OTHER_WORDS = /invalid option|unrecognized option|usage:/i;

/**
 * Writes all of a stopped cluster to the disk: by the file system as a whole where it tells of failures, which a file after the
 * other takes many times as long for; else by PostgreSQL's own way. Throws a JobFailure.
 */
export async function syncCluster(attempt: Pick<Attempt, 'programs'>, directory: string): Promise<void> {
  if (await syncFileSystem(attempt, directory)) return;
  const end = await attempt.programs.run('initdb', { arguments: ['--sync-only', `--pgdata=${directory}`] });
  if (end.exitCode !== 0) throw notWritten(end);
}

/**
 * Writes out what lies there already, beside whoever still changes it, so that less is left at the end; nothing where only
 * PostgreSQL's own way is there. It has to be waited for: a failure that it is told of is told to nobody again. Throws a JobFailure.
 */
export async function syncAhead(attempt: Pick<Attempt, 'programs'>, directory: string): Promise<void> {
  await syncFileSystem(attempt, directory);
}

const BETWEEN_MS = 1_000;

/**
 * Does so again and again until it is told to end, while others still write there for long. The answer ends it when none is under way,
 * and throws the first failure: nobody else is told of it.
 */
export function keepSyncing(attempt: Pick<Attempt, 'programs'>, directory: string): () => Promise<void> {
  let failure: { readonly error: unknown } | null = null;
  const stop = every(
    BETWEEN_MS,
    async () => {
      if (failure === null) await syncAhead(attempt, directory);
    },
    (error) => {
      failure = { error };
    },
  );
  return async () => {
    await stop();
    const failed = failure as { readonly error: unknown } | null;
    if (failed !== null) throw failed.error;
  };
}

/** False where the system, or the program, cannot do it so that a failure is told. */
async function syncFileSystem({ programs }: Pick<Attempt, 'programs'>, directory: string): Promise<boolean> {
  if (!tellsOfFailures(os.release())) return false;
  const whole = await programs
    .run('sync', { arguments: ['-f', path.join(directory, 'PG_VERSION')] })
    .catch((error: unknown) => {
      // There is none here.
      if (error instanceof JobFailure) return null;
      throw error;
    });
  if (whole?.exitCode === 0) return true;
  // Told once: who asks again after it is told that all is well.
  if (whole !== null && !whole.errorLines.some((line) => OTHER_WORDS.test(line))) throw notWritten(whole);
  return false;
}

function notWritten({ name, output, errorLines }: ProgramEnd): JobFailure {
  const words = [...output.split('\n'), ...errorLines].findLast((line) => line.trim() !== '');
  return new JobFailure(
    `the restored cluster could not be written to disk: ${words ?? `${name} ended without a word`}`,
  );
}

/** `release`: of Linux, as uname has it. */
export function tellsOfFailures(release: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [first, second] = [Number(major), Number(minor)];
  return first > TELLS_FROM.major || (first === TELLS_FROM.major && second >= TELLS_FROM.minor);
}
