import type { JobRef, JobStatus, PlatformLogLine } from '../ports/platform/jobs.ts';
import type { StepOptions, StepScope, UndoContext, WorkflowServices } from '../workflow/context.ts';

/** Copying the log of a long job. */
export const KEEPING: StepOptions = { timeoutMs: 600_000 };

/** Keeps what an ended job wrote in the blob store, one file an attempt, then has the platform forget the job. */
export async function keepLogAndRemove(
  { platform, store, jobs }: Pick<WorkflowServices, 'platform' | 'store' | 'jobs'>,
  ref: JobRef,
  { signal }: StepScope,
): Promise<void> {
  const status = await platform.readJob(ref);
  // One whose start was cut off has not run; what was laid out for it goes all the same, its secrets above all.
  if (status.state === 'ABSENT') return platform.removeJob(ref);
  await jobs.update(ref.id, status);
  for (let attempt = 1; attempt <= status.attempts; attempt += 1) {
    const lines = platform.followJobLogs(ref, { afterLine: 0, follow: false, signal });
    await store.writeJobLog(ref.id, attempt, ofAttempt(lines, attempt));
  }
  await platform.removeJob(ref);
}

/** Ends every job that the operation has started, in this run or an earlier one, and waits until no process is left. */
export async function cancelJobs({ undo, platform, jobs, operationId }: UndoContext): Promise<void> {
  await undo('End the job', async () => {
    for (const ref of await jobs.list(operationId)) {
      await platform.cancelJob(ref);
      await jobs.update(ref.id, asEnded(await platform.readJob(ref)));
    }
  });
}

/** Keeps the logs of those jobs and removes them from the platform. */
export async function removeJobs(context: UndoContext): Promise<void> {
  await context.undo('Keep the job log', async (scope) => {
    for (const ref of await context.jobs.list(context.operationId)) await keepLogAndRemove(context, ref, scope);
  });
}

/** A job that was recorded and never ran, or was interrupted, will not run any more. */
function asEnded(status: JobStatus): JobStatus {
  const ended = status.state === 'SUCCEEDED' || status.state === 'FAILED' || status.state === 'CANCELLED';
  return ended ? status : { ...status, state: 'CANCELLED', finishedAt: status.finishedAt ?? new Date() };
}

async function* ofAttempt(lines: AsyncIterable<PlatformLogLine>, attempt: number): AsyncGenerator<PlatformLogLine> {
  for await (const line of lines) {
    if (line.attempt > attempt) return;
    if (line.attempt === attempt) yield line;
  }
}
