import type { Finding, JobResult } from '../../../jobs/ports/job-protocol.ts';
import type { FileMover } from '../mover/file-mover.ts';
import type { Programs } from '../programs/run-program.ts';
import { finalFailure } from './failure.ts';

/**
 * A program that runs beside the data: takes one attempt to its end and gives the result of the job.
 *
 * Throws JobFailure for what it can name; anything else that it throws is told by its message. What it started is ended
 * for it, however it ends.
 */
export type Program = (attempt: Attempt) => Promise<JobResult>;

/** What a program is given. */
export interface Attempt {
  /** 1 for the first attempt. An earlier one may have left things on the volume and in the store. */
  readonly number: number;
  /** What the control plane asked for, by name; never a secret. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The content of a secret that this part may see, byte for byte; null when the job was started without it. */
  readonly readSecret: (name: string) => Promise<string | null>;
  /** The file of that secret, for programs that read it themselves. It may not be there. */
  readonly secretFile: (name: string) => string;
  /** An empty directory of this attempt, mode 0700, removed afterwards. */
  readonly scratch: string;
  /** The server's volume, where the job has one. */
  readonly volume: string | null;
  /** Aborted when the job is cancelled, interrupted or past its deadline. */
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Of the image, below the directory that is this attempt's. */
  readonly files: FileMover;
  readonly programs: Programs;
}

export type PhaseUnit = 'bytes' | 'percent';

/** What a program says of itself. Texts are made one line of at most 2,000 characters without control characters. */
export interface Report {
  /** A line of the log. */
  log(text: string): void;
  /** Begins a phase: progress is of it from now on, in bytes or in percent of the total. The total is at least 1. */
  phase(name: string, total: number, unit?: PhaseUnit): void;
  /**
   * How far the phase is, and what is done at the moment. At most one line a second, and only what is new: silence is a
   * stall. It never falls, and reaches the total only by `endPhase`.
   */
  progress(done: number, message?: string): void;
  endPhase(): void;
  /** Something that users should know of the result, said once and logged. */
  notice(text: string): void;
  /** Something that is not, or will not be, as it was on the source; said once and logged. */
  finding(finding: Finding): void;
  /** All notices so far, for the result. */
  readonly notices: readonly string[];
  /** All findings so far, for the result. */
  readonly findings: readonly Finding[];
}

/** The parameter; throws a final failure when it is missing or does not match as a whole. */
export function requireParameter(attempt: Pick<Attempt, 'parameters'>, name: string, pattern: RegExp): string {
  const value = attempt.parameters[name] ?? '';
  const match = pattern.exec(value);
  if (match === null || match[0] !== value || value === '') {
    throw finalFailure(`parameter ${name} is missing or not understood`);
  }
  return value;
}

/** The secret, without what is behind its last newline; throws a final failure when the job was started without it. */
export async function requireSecret(attempt: Pick<Attempt, 'readSecret'>, name: string): Promise<string> {
  const value = await attempt.readSecret(name);
  if (value === null) throw finalFailure(`the job was started without the secret ${name}`);
  return value;
}
