import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { FollowJobLogs, JobStatus } from '../../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
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
  const at = { line: afterLine };
  if (await isKnown(deps, job)) {
    yield* platformLines(deps, job, at, { follow: false, signal });
    // Removed while it was read, perhaps before its end: the log was kept before.
    if (signal.aborted || (await isKnown(deps, job))) return;
  }
  yield* keptLines(deps, job, at, signal);
}

const SHORTEST_PAUSE_MS = 200;
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
  const at = { line: afterLine };
  for (let pauseMs = SHORTEST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    // Read before the lines: then all lines of an ended job are among them.
    const record = await deps.jobs(job.id);
    if (isOurs(deps, job)) {
      const before = at.line;
      yield* platformLines(deps, job, at, { follow: true, signal });
      if (at.line > before) pauseMs = SHORTEST_PAUSE_MS;
      if (signal.aborted) return;
      if (ENDED_ON_PLATFORM.includes((await deps.platform.readJob(job)).state)) return;
    }
    if (!(await isKnown(deps, job))) yield* keptLines(deps, job, at, signal);
    if (record === null || hasEnded(record)) return;
    await pause(pauseMs, signal);
  }
}

/** Where a reader stands: at the last line that it was given. */
interface Place {
  line: number;
}

async function* platformLines(
  { platform }: JobLogDeps,
  job: JobRecord,
  at: Place,
  how: Omit<FollowJobLogs, 'afterLine'>,
): AsyncGenerator<LogLineRecord> {
  for await (const line of platform.followJobLogs(job, { ...how, afterLine: at.line })) {
    at.line = line.line;
    yield { ...line, jobId: job.id };
  }
}

async function* keptLines(
  { store }: JobLogDeps,
  job: JobRecord,
  at: Place,
  signal: AbortSignal,
): AsyncGenerator<LogLineRecord> {
  for await (const line of store.readJobLog(job.id)) {
    if (signal.aborted) return;
    if (line.line <= at.line) continue;
    at.line = line.line;
    yield { ...line, jobId: job.id };
  }
}

function isOurs({ platform }: JobLogDeps, job: JobRecord): boolean {
  return job.platform === platform.id;
}

async function isKnown(deps: JobLogDeps, job: JobRecord): Promise<boolean> {
  return isOurs(deps, job) && (await deps.platform.readJob(job)).state !== 'ABSENT';
}
