import * as z from 'zod/mini';
import { SEVERITIES } from '../../schema/rules/finding-rules.ts';
import { isBearable } from './json-shape.ts';
import type { JobReport } from './platform/jobs.ts';

/**
 * What the program of a platform job says to the control plane, one line each on its standard output. Every line that does
 * not begin with the mark is a line of the log. Both platforms and the runner read and write it with what stands here.
 */
export const CONTROL_MARK = '::toygres::';

const LONGEST_MESSAGE = 500;
const LONGEST_TEXT = 2000;

const text = z.string().check(z.maxLength(LONGEST_TEXT));
const word = z.nullable(z.string().check(z.maxLength(LONGEST_TEXT)));

/** A finding as a program says it, and as results hold it. */
export const Finding = z.object({
  code: z.string().check(z.regex(/^[A-Z][A-Z0-9_]{0,63}$/)),
  severity: z.enum(SEVERITIES),
  database: word,
  object: word,
  message: text,
  remedy: word,
});
export type Finding = z.infer<typeof Finding>;

const amount = z.catch(z.nullish(z.number().check(z.nonnegative())), null);
const Progress = z.object({
  phase: z.string().check(z.minLength(1), z.maxLength(64)),
  bytesDone: amount,
  bytesTotal: amount,
  percent: z.catch(z.nullish(z.number().check(z.gte(0), z.lte(100))), null),
  message: z.catch(z.nullish(z.string()), null),
});

/** The object that a program gives when it has succeeded; each kind of job has a schema of its own for it. */
export type JobResult = Readonly<Record<string, unknown>>;

/**
 * `progress`: the last one tells how far the job is. `error`: the cause of a failure, the last one counts. `finding`: one,
 * as soon as it is known. `result`: the last word of a success; null: what was said is no object. `deadline`: the attempt
 * was ended at its deadline. `silent`: the program ended without a word. `unknown`: a later release may know it.
 */
export type JobMessage =
  | { readonly kind: 'progress'; readonly report: JobReport }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'result'; readonly result: JobResult | null }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unknown' };

function parseJson(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

/** What a progress line says; null when it is not as agreed, since progress is no reason to fail. */
export function parseProgress(said: string): JobReport | null {
  const parsed = Progress.safeParse(parseJson(said));
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

/** A result names databases, files and findings: a value has some bytes, and few lie in each other. */
const RESULT_SHAPE = { mostDepth: 32, fewValues: 100_000, bytesAValue: 8 };
const LONGEST_RESULT = 32 << 20;

/** The object of a result line; null when it is none, or one that no program of ours says: code of a tenant may run beside it. */
export function parseResult(said: string): JobResult | null {
  if (said.length > LONGEST_RESULT || !isBearable(said, RESULT_SHAPE)) return null;
  const parsed = parseJson(said);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JobResult) : null;
}

/** Whether a line is for the control plane and not for the log. */
export function isControlLine(line: string): boolean {
  return line.startsWith(`${CONTROL_MARK} `);
}

/** What a line says; null for a line of the log. Never throws, whatever the line holds. */
export function parseJobLine(line: string): JobMessage | null {
  if (!isControlLine(line)) return null;
  const [, kind = '', rest = ''] = /^\S+ (\S*) ?(.*)$/s.exec(line) ?? [];
  switch (kind) {
    case 'progress': {
      const report = parseProgress(rest);
      return report === null ? { kind: 'unknown' } : { kind, report };
    }
    case 'error':
      return { kind, text: rest };
    case 'finding': {
      const parsed = Finding.safeParse(parseJson(rest));
      return parsed.success ? { kind, finding: parsed.data } : { kind: 'unknown' };
    }
    case 'result':
      return { kind, result: parseResult(rest) };
    case 'deadline':
    case 'silent':
      return { kind };
    default:
      return { kind: 'unknown' };
  }
}

/** The line that says it, without its end. Texts must be of one line. */
export function formatJobMessage(message: Exclude<JobMessage, { kind: 'unknown' }>): string {
  switch (message.kind) {
    case 'progress':
      return `${CONTROL_MARK} progress ${JSON.stringify(message.report)}`;
    case 'error':
      return `${CONTROL_MARK} error ${message.text}`;
    case 'finding':
      return `${CONTROL_MARK} finding ${JSON.stringify(message.finding)}`;
    case 'result':
      return `${CONTROL_MARK} result ${JSON.stringify(message.result)}`;
    default:
      return `${CONTROL_MARK} ${message.kind}`;
  }
}
