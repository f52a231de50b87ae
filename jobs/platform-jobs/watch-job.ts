import { AppError, assertNever } from '../../schema/errors.ts';
import type { JobRef, JobSpec, JobStatus } from '../ports/platform/jobs.ts';
import type { Poll, ProgressReport, RunFacts, StepScope, UntilOptions, WorkflowServices } from '../workflow/context.ts';
import { jobLimits, RENEWAL_SECONDS } from './job-limits.ts';
import { describePhase } from './phase-words.ts';
import { createStallWatchdog } from './stall-watchdog.ts';

type Context = WorkflowServices & RunFacts;
const LOSSES_AT_MOST = 3;

type Result = Readonly<Record<string, unknown>>;

/** A job that a run is to start and to wait for. */
export interface PlannedJob {
  /** All phases of its script in order. */
  readonly phases: readonly string[];
  /** The size of the data it works on. */
  readonly dataBytes: number;
  /** Made anew where it is needed: it holds secrets, which no step result may. */
  readonly buildSpec: () => Promise<JobSpec>;
}

/** Looks at a job that was started. Each look records what the platform says and throws when the job cannot succeed. */
export interface JobWatch {
  /** Done when the job has left this phase behind. */
  past(phase: string): (scope: StepScope) => Promise<Poll<null>>;
  /** Done, with what it reported, when the job succeeded in this its last phase. */
  succeeded<T>(phase: string, parse: (result: Result) => T): (scope: StepScope) => Promise<Poll<T>>;
  /** A platform that is away for minutes must not end a job of hours. */
  readonly patience: UntilOptions;
}

/** A reference to a job as a step returns it. */
type StoredRef = { readonly [K in keyof JobRef]: string };

/**
 * Writes the record first, so that no job runs unrecorded, then starts the job or adopts it. What was aborted before the
 * platform is asked is not asked: the clean-up may have looked already.
 */
export async function startJob(
  { platform, jobs }: Context,
  job: PlannedJob,
  { signal }: StepScope,
): Promise<StoredRef> {
  const spec = await job.buildSpec();
  const { id, namespace, name, kind, operationId } = spec;
  const ref = { id, namespace, name };
  await jobs.ensure({ ...ref, kind, operationId });
  signal.throwIfAborted();
  await platform.ensureJob(spec);
  await jobs.update(id, await platform.readJob(ref));
  return ref;
}

/** Follows the job to its end: takes up an interrupted or lost one again, fails of one that makes no progress. */
export function watchJob(context: Context, job: PlannedJob, ref: JobRef): JobWatch {
  const { deadlineSeconds, stallSeconds } = jobLimits(job.dataBytes);
  const failIfStalled = createStallWatchdog(ref.name, stallSeconds);
  let losses = 0;
  let renewedAt = performance.now();

  async function renewIfDue(scope: StepScope, { attempts }: JobStatus): Promise<void> {
    if (attempts > 0 || performance.now() - renewedAt < RENEWAL_SECONDS * 1000) return;
    renewedAt = performance.now();
    await startJob(context, job, scope);
  }

  async function look(scope: StepScope): Promise<JobStatus> {
    const status = await context.platform.readJob(ref);
    await context.jobs.update(ref.id, status);
    switch (status.state) {
      case 'SUCCEEDED':
        return status;
      case 'PENDING':
        await renewIfDue(scope, status);
        return status;
      case 'RUNNING':
        failIfStalled(status);
        return status;
      case 'ABSENT':
        losses += 1;
        if (losses > LOSSES_AT_MOST) {
          throw new AppError('STEP_FAILED', `The platform has lost the job ${ref.name} ${losses} times.`);
        }
        await startJob(context, job, scope);
        return status;
      case 'INTERRUPTED':
        await startJob(context, job, scope);
        return status;
      case 'FAILED':
        throw new AppError(
          'STEP_FAILED',
          status.failure ?? `The job ${ref.name} failed without a reason; see its log.`,
        );
      case 'CANCELLED':
        throw new AppError('STEP_FAILED', `The job ${ref.name} was ended from outside; retry the operation.`);
      default:
        return assertNever(status.state);
    }
  }

  return {
    past: (phase) => async (scope) => {
      const status = await look(scope);
      const { report } = status;
      const isPast = report !== null && job.phases.indexOf(report.phase) > job.phases.indexOf(phase);
      return isPast || status.state === 'SUCCEEDED' ? { done: null } : { progress: describe(status, phase) };
    },
    succeeded: (phase, parse) => async (scope) => {
      const status = await look(scope);
      if (status.state !== 'SUCCEEDED') return { progress: describe(status, phase) };
      if (status.result === null) throw new AppError('STEP_FAILED', 'The job ended without a result; see its log.');
      return { done: parse(status.result) };
    },
    patience: {
      timeoutMs: (deadlineSeconds + 1_800) * 1000,
      attempts: 20,
      sooner: (signal) => context.platform.awaitJobEnd(ref, signal),
    },
  };
}

/** What a status says of a phase: its figures when the job is in it, else only words (a later attempt starts over). */
function describe({ state, attempts, report, waitsFor = null }: JobStatus, phase: string): ProgressReport {
  const again = attempts > 1 ? `attempt ${attempts}: ` : '';
  if (state === 'INTERRUPTED') return { message: 'taken up again after it was interrupted' };
  if (state === 'ABSENT') return { message: 'started again: the platform had lost it' };
  if (waitsFor !== null) return { message: `${again}the job cannot start yet: ${waitsFor}` };
  if (state === 'PENDING') return { message: `${again}waiting for its turn` };
  if (report === null) return { message: `${again}starting` };
  const message = `${again}${report.message ?? describePhase(report.phase)}`;
  if (report.phase !== phase) return { message };
  const { bytesDone, bytesTotal } = report;
  // Its last bytes are through, and what it waits for has no figures: the store's own ends.
  if (bytesTotal !== null && bytesTotal > 0 && bytesDone !== null && bytesDone >= bytesTotal) {
    return { bytesDone, bytesTotal, percent: report.percent, message: `${message}: all bytes are through, ending` };
  }
  return { bytesDone: report.bytesDone, bytesTotal: report.bytesTotal, percent: report.percent, message };
}
