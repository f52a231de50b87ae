import type { JobReport } from '../../jobs/ports/platform/jobs.ts';

export interface FailureFacts {
  readonly kind: string;
  readonly cause: 'exit' | 'deadline' | 'cancel' | 'interrupt' | 'lost';
  readonly exitCode: number | null;
  readonly deadlineSeconds: number;
  /** The script's own error line. */
  readonly error: string | null;
  readonly lastLine: string | null;
  readonly report: JobReport | null;
}

const SIGNALS: Readonly<Record<number, string>> = {
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

function describeExit(kind: string, exitCode: number | null): string {
  if (exitCode === 0) return `The ${kind} script ended without saying its result`;
  if (exitCode === null || exitCode <= 128) return `The ${kind} script ended with exit status ${exitCode ?? 'unknown'}`;
  const signal = SIGNALS[exitCode - 128] ?? `signal ${exitCode - 128}`;
  const hint = exitCode === 137 ? ', as the system does when memory runs out' : '';
  return `The ${kind} script was killed by ${signal}${hint}`;
}

/** The cause of a failure in words for the user: the script's own, or what the platform saw. */
export function describeFailure(facts: FailureFacts): string {
  const doing = facts.report === null ? '' : `; it was in phase ${facts.report.phase}`;
  const message = facts.report?.message ? ` (${facts.report.message})` : '';
  switch (facts.cause) {
    case 'deadline':
      return `The ${facts.kind} job was ended at its deadline of ${facts.deadlineSeconds} s${doing}${message}.`;
    case 'lost':
      return `The process that supervised the ${facts.kind} job was killed from outside${doing}${message}: start it again.`;
    default:
      if (facts.error !== null) return facts.error;
      return `${describeExit(facts.kind, facts.exitCode)}${facts.lastLine ? `; its last line: ${facts.lastLine}` : '.'}`;
  }
}
