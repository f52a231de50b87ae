import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatJobMessage } from '../../../jobs/ports/job-protocol.ts';
import { createMoverClient } from '../mover/mover-client.ts';
import { createPrograms } from '../programs/run-program.ts';
import type { Program } from './attempt.ts';
import { cleanLine } from './clean-line.ts';
import { endDescendants } from './descendants.ts';
import { isFullDisk, withDiskCause } from './disk-cause.ts';
import { FINAL_STATUS } from './exit-status.ts';
import { JobFailure } from './failure.ts';
import { filesBelow, imageDirectory } from './image-directory.ts';
import { createReport } from './report.ts';

/** What is said of the attempt itself; the rest of the environment are the job's parameters. */
const ABOUT_THE_ATTEMPT =
  /^(PATH|HOME|TMPDIR|TOYGRES_(SECRETS_DIR|SCRATCH_DIR|ATTEMPT|VOLUME|MOVER_SOCKET|EXCHANGE_DIR))$/;

export type Environment = Readonly<Record<string, string | undefined>>;

function require(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

/** The error of a system call says the path and the call; a JobFailure is words for the user. */
function causeOf(error: unknown): string {
  return cleanLine(error instanceof Error ? error.message : String(error));
}

/**
 * Runs a program as one attempt of its job and gives the exit status, when nothing that it started is left. Its last words
 * are its result, or the cause of its failure. `signal`: aborted with the name of the signal that ends it.
 */
export async function work(
  program: Program,
  environment: Environment,
  signal: AbortSignal,
  write: (line: string) => void,
): Promise<number> {
  const scratch = require(environment, 'TOYGRES_SCRATCH_DIR');
  const secretFile = (name: string) => path.join(require(environment, 'TOYGRES_SECRETS_DIR'), path.basename(name));
  const volume = environment.TOYGRES_VOLUME ?? null;
  const report = createReport(write);
  const mover = createMoverClient({
    socketPath: require(environment, 'TOYGRES_MOVER_SOCKET'),
    exchange: require(environment, 'TOYGRES_EXCHANGE_DIR'),
    scratch,
    log: report.log,
    signal,
  });
  const parameters = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || ABOUT_THE_ATTEMPT.test(name) ? [] : [[name, value] as const],
    ),
  );
  const programs = createPrograms({
    scratch,
    signal,
    environment: {
      PATH: environment.PATH ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: scratch,
      TMPDIR: scratch,
      LC_ALL: 'C',
      TOYGRES_SCRATCH_DIR: scratch,
    },
  });
  const fail = (text: string): void => {
    report.log(`error: ${text}`);
    write(formatJobMessage({ kind: 'error', text: cleanLine(text) }));
  };
  try {
    const number = Number(environment.TOYGRES_ATTEMPT ?? '1');
    const result = await program({
      number,
      parameters,
      readSecret: (name) => readFile(secretFile(name), 'utf8').catch(() => null),
      secretFile,
      scratch,
      volume,
      signal,
      report,
      files: filesBelow(imageDirectory(parameters, number), mover),
      programs,
    });
    mover.close();
    await endDescendants();
    write(formatJobMessage({ kind: 'result', result }));
    return 0;
  } catch (error) {
    const { reason } = signal;
    const cause = signal.aborted ? `ended by signal ${reason}` : await withDiskCause(causeOf(error), [scratch, volume]);
    fail(cause);
    mover.close();
    await endDescendants();
    if (signal.aborted) return reason === 'INT' ? 130 : 143;
    // A volume that is too small is no larger for the next attempt.
    const isFinal = (error instanceof JobFailure && error.final) || (volume !== null && isFullDisk(cause));
    return isFinal ? FINAL_STATUS : 1;
  }
}
