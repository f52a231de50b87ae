import { z } from 'zod';
import type { JobReport } from '../../jobs/ports/platform.ts';

const LONGEST_MESSAGE = 500;

const amount = z.number().nonnegative().nullish().catch(null);
const Progress = z.object({
  phase: z.string().min(1).max(64),
  bytesDone: amount,
  bytesTotal: amount,
  percent: z.number().min(0).max(100).nullish().catch(null),
  message: z.string().nullish().catch(null),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a progress line says; null when it is not what the scripts' README allows, since progress is no reason to fail. */
export function parseProgress(text: string): JobReport | null {
  const parsed = Progress.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { phase, bytesDone, bytesTotal, percent, message } = parsed.data;
  return {
    phase,
    bytesDone: bytesDone ?? null,
    bytesTotal: bytesTotal ?? null,
    percent: percent ?? null,
    message: message?.slice(0, LONGEST_MESSAGE) ?? null,
  };
}

/** The object of a result line; null when it is none. */
export function parseResult(text: string): Readonly<Record<string, unknown>> | null {
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? (parsed as Readonly<Record<string, unknown>>)
    : null;
}

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
