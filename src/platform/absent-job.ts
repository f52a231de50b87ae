import type { JobStatus } from '../../jobs/ports/platform/jobs.ts';

/** What a job is as far as the platform knows nothing of it. */
export const ABSENT_JOB: JobStatus = {
  state: 'ABSENT',
  attempts: 0,
  exitCode: null,
  startedAt: null,
  finishedAt: null,
  report: null,
  reportedAt: null,
  result: null,
  failure: null,
};
