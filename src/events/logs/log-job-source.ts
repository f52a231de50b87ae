import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { JobStatus, Platform } from '../../../jobs/ports/platform.ts';
import type { JobRecord, LogLineRecord } from '../../../resolvers/ports/records.ts';
import { pause } from '../../waiting/pause.ts';

export interface JobLogDeps {
  readonly platform: Platform;
  readonly store: ImageStore;
  readonly jobs: (id: string) => Promise<JobRecord | null>;
}

/** True when no line of the job will be written any more. */
export function hasEnded({ state }: JobRecord): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
}

const ENDED_ON_PLATFORM: readonly JobStatus['state'][] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** What there is after a line, from the platform while it knows the job, else from the log that was kept of it. */
export async function* readJobLines(
  deps: JobLogDeps,
  job: JobRecord,
  afterLine: number,
  signal: AbortSignal,
): AsyncGenerator<LogLineRecord> {
  let last = afterLine;
  if (await isKnown(deps, job)) {
    for await (const line of deps.platform.followJobLogs(job, { afterLine, follow: false, signal })) {
      last = line.line;
      yield { ...line, jobId: job.id };
    }
    // Removed while it was read, perhaps before its end: the log was kept before.
    if (signal.aborted || (await isKnown(deps, job))) return;
  }
  yield* keptLines(deps.store, job.id, last, signal);
}

const LONGEST_PAUSE_MS = 5_000;

/**
 * What there is after a line and what is yet to come, over every attempt, until the job has ended; also of a job that the
 * platform does not know yet, or no more.
 */
export async function* followJobLines(
  deps: JobLogDeps,
  job: JobRecord,
  afterLine: number,
  signal: AbortSignal,
): AsyncGenerator<LogLineRecord> {
  let last = afterLine;
  for (let pauseMs = 200; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    // Read before the lines: then all lines of an ended job are among them.
    const record = await deps.jobs(job.id);
    if (isOurs(deps, job)) {
      for await (const line of deps.platform.followJobLogs(job, { afterLine: last, follow: true, signal })) {
        last = line.line;
        pauseMs = 200;
        yield { ...line, jobId: job.id };
      }
      if (signal.aborted) return;
      if (ENDED_ON_PLATFORM.includes((await deps.platform.readJob(job)).state)) return;
    }
    if (!(await isKnown(deps, job))) {
      for await (const line of keptLines(deps.store, job.id, last, signal)) {
        last = line.line;
        yield line;
      }
    }
    if (record === null || hasEnded(record)) return;
    await pause(pauseMs, signal);
  }
}

async function* keptLines(
  store: ImageStore,
  jobId: string,
  afterLine: number,
  signal: AbortSignal,
): AsyncGenerator<LogLineRecord> {
  for await (const line of store.readJobLog(jobId)) {
    if (signal.aborted) return;
    if (line.line > afterLine) yield { ...line, jobId };
  }
}

function isOurs({ platform }: JobLogDeps, job: JobRecord): boolean {
  return job.platform === platform.id;
}

async function isKnown(deps: JobLogDeps, job: JobRecord): Promise<boolean> {
  return isOurs(deps, job) && (await deps.platform.readJob(job)).state !== 'ABSENT';
}
