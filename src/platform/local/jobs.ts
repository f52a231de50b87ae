import { rm } from 'node:fs/promises';
import type { JobRef, JobSpec, JobStatus, Platform } from '../../../jobs/ports/platform.ts';
import { withLock } from '../../machine/file-lock.ts';
import { isAlive, type ProcessMark, readBootId, signalProcess } from '../../machine/process-mark.ts';
import { until } from '../../machine/until.ts';
import { readPlainFile, writeWholeFile } from '../../machine/whole-file.ts';
import type { LocalContext } from './context.ts';
import { killJobProcesses } from './job-processes.ts';
import { type JobEnd, type JobLife, listJobs, readLife, readSupervisor, refOf } from './job-records.ts';
import { startJob } from './job-start.ts';
import { readJobStatus } from './job-status.ts';
import type { JobPaths } from './layout.ts';
import { isThere } from './server-records.ts';

export type JobVerbs = Pick<Platform, 'ensureJob' | 'readJob' | 'cancelJob' | 'removeJob'> & {
  /** Ends every job that has not ended as INTERRUPTED; one that cannot be ended is logged and holds up nothing. */
  interruptJobs(): Promise<void>;
};

/** How long a supervisor may take to end its job in order before it is killed with all it started. */
const ORDERLY_MS = 1_500;

type Reason = 'cancel' | 'interrupt';

const ENDS = {
  cancel: { state: 'CANCELLED', cause: 'cancel' },
  interrupt: { state: 'INTERRUPTED', cause: 'interrupt' },
  lost: { state: 'FAILED', cause: 'lost' },
} as const;

async function writeEnd(paths: JobPaths, how: keyof typeof ENDS): Promise<void> {
  await rm(paths.secrets, { recursive: true, force: true });
  await rm(paths.scratch, { recursive: true, force: true });
  const end: JobEnd = { ...ENDS[how], failures: 0, finishedAt: Date.now() / 1000 };
  // For a supervisor to read, which is another user's.
  await writeWholeFile(paths.end, `${JSON.stringify(end)}\n`, { mode: 0o644 });
}

/** What a job without supervisor was asked to be, or else what happened to it. */
async function readVerdict(paths: JobPaths, life: Extract<JobLife, { phase: 'lost' }>): Promise<keyof typeof ENDS> {
  const request = (await readPlainFile(paths.request))?.trim();
  if (request === 'cancel' || request === 'interrupt') return request;
  // The machine went down: that is no failure of the job.
  return life.supervisor.bootId === (await readBootId()) ? 'lost' : 'interrupt';
}

async function settle(paths: JobPaths, life: Extract<JobLife, { phase: 'lost' }>): Promise<void> {
  const verdict = await readVerdict(paths, life);
  await killJobProcesses(paths, life.supervisor);
  await writeEnd(paths, verdict);
}

async function endSupervised(paths: JobPaths, supervisor: ProcessMark, reason: Reason): Promise<void> {
  await writeWholeFile(paths.request, `${reason}\n`, { mode: 0o644 });
  await signalProcess(supervisor, 'SIGTERM');
  await until(async () => !(await isAlive(supervisor)), { timeoutMs: ORDERLY_MS, intervalMs: 20 });
  await killJobProcesses(paths, supervisor);
  const after = await readLife(paths);
  if (after.phase === 'lost') await settle(paths, after);
}

/**
 * Cancels a job that nobody runs now. A supervisor whose starter was killed may still be on its way: it notes itself and
 * then looks whether the job was cancelled; here that is written, and then looked for a supervisor. One sees the other.
 */
async function cancelBeforeStart(paths: JobPaths): Promise<void> {
  if (!(await isThere(paths.run))) return;
  await writeEnd(paths, 'cancel');
  const supervisor = await readSupervisor(paths.supervisor);
  if (supervisor !== null && (await isAlive(supervisor))) await endSupervised(paths, supervisor, 'cancel');
}

async function end(paths: JobPaths, reason: Reason): Promise<void> {
  const life = await readLife(paths);
  if (life.phase === 'lost') return settle(paths, life);
  if ('supervisor' in life) return endSupervised(paths, life.supervisor, reason);
  const mayStart = life.phase === 'absent' || (life.phase === 'ended' && life.end.state === 'INTERRUPTED');
  if (mayStart && reason === 'cancel') await cancelBeforeStart(paths);
}

/** Jobs as processes of this machine, each under a supervisor that lives on without us. */
export function createJobs(context: LocalContext): JobVerbs {
  const { layout } = context;
  const locked = <T>(ref: Pick<JobRef, 'id'>, work: (paths: JobPaths) => Promise<T>): Promise<T> => {
    const paths = layout.job(ref);
    const busy = 'The job is being started or ended by somebody else: try again.';
    return withLock(paths.lock, { waitSeconds: 20, busy }, () => work(paths));
  };

  const settleLost = (ref: JobRef) =>
    locked(ref, async (paths) => {
      const life = await readLife(paths);
      if (life.phase === 'lost') await settle(paths, life);
    });

  return {
    ensureJob: (spec: JobSpec) =>
      locked(spec, async (paths) => {
        let life = await readLife(paths);
        if (life.phase === 'lost') {
          await settle(paths, life);
          life = await readLife(paths);
        }
        if (life.phase === 'absent') await startJob(context, paths, spec, null);
        if (life.phase === 'ended' && life.end.state === 'INTERRUPTED') await startJob(context, paths, spec, life.end);
        return refOf(spec);
      }),

    readJob: async (ref): Promise<JobStatus> => {
      const paths = layout.job(ref);
      let { lost, ...status } = await readJobStatus(paths);
      if (lost) {
        // Nobody else would ever end what a killed supervisor left running.
        await settleLost(ref);
        ({ lost, ...status } = await readJobStatus(paths));
      }
      return status;
    },

    cancelJob: async (ref) => {
      if (await isThere(layout.job(ref).directory)) await locked(ref, (paths) => end(paths, 'cancel'));
    },

    removeJob: (ref) => {
      const paths = layout.job(ref);
      const busy = 'The job is being started or ended by somebody else: try again.';
      return withLock(paths.lock, { waitSeconds: 20, busy }, async (lock) => {
        await end(paths, 'cancel');
        await rm(paths.record, { force: true });
        // A supervisor that was on its way may note itself into it once more before it ends.
        await rm(paths.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
        await rm(paths.scratch, { recursive: true, force: true });
        await lock.remove();
      });
    },

    interruptJobs: async () => {
      const jobs = await listJobs(layout);
      const results = await Promise.allSettled(
        jobs.map(async ({ record, paths }) => {
          const { phase } = await readLife(paths);
          if (phase !== 'ended' && phase !== 'absent') await locked(record, () => end(paths, 'interrupt'));
        }),
      );
      for (const result of results) {
        if (result.status === 'rejected') context.log.error({ err: result.reason }, 'cannot end a job in order');
      }
    },
  };
}
