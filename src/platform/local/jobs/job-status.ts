import path from 'node:path';
import { parseProgress, parseResult } from '../../../../jobs/ports/job-protocol.ts';
import type { JobReport, JobStatus } from '../../../../jobs/ports/platform/jobs.ts';
import { openPlainFile, readLines } from '../../../machine/line-reader.ts';
import { readJsonFile, readPlainFile } from '../../../machine/whole-file.ts';
import { ABSENT_JOB } from '../../absent-job.ts';
import { describeFailure } from '../../job-report.ts';
import type { JobPaths } from '../layout.ts';
import { type JobEnd, JobRecord, listAttempts, readLife } from './job-records.ts';

const TAIL_BYTES = 32 * 1024;

function timeOf(seconds: string | number | null | undefined): Date | null {
  const value = Number(seconds ?? Number.NaN);
  const at = new Date(value * 1000);
  // A number that is no moment of the calendar, as two halves of lines make, would stop whoever writes it down.
  return value > 0 && !Number.isNaN(at.getTime()) ? at : null;
}

/** Splits what the supervisor wrote into the time and the text behind it. */
export function parseRecordedLine(line: string): { readonly at: Date | null; readonly text: string } {
  const space = line.indexOf(' ');
  const at = space > 0 ? timeOf(line.slice(0, space)) : null;
  return at === null ? { at: null, text: line } : { at, text: line.slice(space + 1) };
}

async function readLastRecorded(file: string): Promise<{ at: Date | null; text: string } | null> {
  const handle = await openPlainFile(file);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    let last: string | null = null;
    for await (const { text } of readLines(handle, Math.max(0, size - TAIL_BYTES), false)) last = text;
    return last === null ? null : parseRecordedLine(last);
  } finally {
    await handle.close();
  }
}

interface AttemptFacts {
  readonly startedAt: Date | null;
  readonly exitCode: number | null;
  readonly report: JobReport | null;
  readonly reportedAt: Date | null;
}

const NO_ATTEMPT: AttemptFacts = { startedAt: null, exitCode: null, report: null, reportedAt: null };

async function readAttempt(directory: string): Promise<AttemptFacts> {
  const startedAt = timeOf(await readPlainFile(path.join(directory, 'started')));
  const exit = await readPlainFile(path.join(directory, 'exit'));
  const progress = await readLastRecorded(path.join(directory, 'progress'));
  return {
    startedAt,
    exitCode: exit === null ? null : Number(exit.split(' ')[0]),
    report: progress === null ? null : parseProgress(progress.text),
    reportedAt: progress?.at ?? startedAt,
  };
}

async function readFailure(record: JobRecord, end: JobEnd, attempt: AttemptFacts, directory: string): Promise<string> {
  const error = await readPlainFile(path.join(directory, 'error'));
  const lastLine = await readLastRecorded(path.join(directory, 'log'));
  return describeFailure({
    kind: record.kind,
    cause: end.cause,
    exitCode: attempt.exitCode,
    deadlineSeconds: record.deadlineSeconds,
    error: error?.trim() || null,
    lastLine: lastLine?.text.trim() ?? null,
    report: attempt.report,
  });
}

/** The state of a job from its files. `end`: how it ended, null while it has not. */
export async function readJobStatus(paths: JobPaths): Promise<JobStatus & { readonly lost: boolean }> {
  const record = await readJsonFile(paths.record, JobRecord);
  const life = await readLife(paths);
  if (record === null || life.phase === 'absent') return { ...ABSENT_JOB, lost: false };

  const attempts = await listAttempts(paths);
  const directories = attempts.map((number) => path.join(paths.attempts, String(number)));
  const facts = await Promise.all(directories.map(readAttempt));
  const current = facts.at(-1) ?? NO_ATTEMPT;
  const running = {
    attempts: attempts.at(-1) ?? 0,
    exitCode: facts.findLast((attempt) => attempt.exitCode !== null)?.exitCode ?? null,
    startedAt: facts[0]?.startedAt ?? null,
    report: current.report,
    reportedAt: current.reportedAt,
    finishedAt: null,
    result: null,
    failure: null,
    lost: life.phase === 'lost',
  };
  if (life.phase !== 'ended') return { ...running, state: life.phase === 'pending' ? 'PENDING' : 'RUNNING' };

  const directory = directories.at(-1) ?? paths.attempts;
  const ended = { ...running, finishedAt: timeOf(life.end.finishedAt) };
  if (life.end.state === 'SUCCEEDED') {
    const result = parseResult((await readPlainFile(path.join(directory, 'result'))) ?? '');
    if (result !== null) return { ...ended, state: 'SUCCEEDED', result };
    return { ...ended, state: 'FAILED', failure: `The result that the ${record.kind} script said is no JSON object.` };
  }
  if (life.end.state !== 'FAILED') return { ...ended, state: life.end.state };
  return { ...ended, state: 'FAILED', failure: await readFailure(record, life.end, current, directory) };
}
