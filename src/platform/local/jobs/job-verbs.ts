import { rm } from 'node:fs/promises';
import type { JobRef, JobSpec, JobStatus, Platform } from '../../../../jobs/ports/platform.ts';
import { withLock } from '../../../machine/file-lock.ts';
import { isAlive, type ProcessMark, signalProcess } from '../../../machine/process-mark.ts';
import { until } from '../../../machine/until.ts';
import { writeWholeFile } from '../../../machine/whole-file.ts';
import type { LocalContext } from '../context.ts';
import type { JobPaths } from '../layout.ts';
import { isThere } from '../servers/server-records.ts';
import { killJobProcesses } from './job-processes.ts';
import { type JobEnd, type LostLife, listJobs, readLife, readVerdict, refOf, type Verdict } from './job-records.ts';
import { startJob } from './job-start.ts';
import { readJobStatus } from './job-status.ts';

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

/**
 * Takes the order back by which a supervisor may begin. One whose starter was killed may still be on its way: it notes
 * itself and then looks for its order, while we take that away and look for a supervisor after that. One sees the other.
 */
async function withdrawOrder(paths: JobPaths): Promise<void> {
  await rm(paths.order, { force: true });
}

async function writeEnd(paths: JobPaths, how: Verdict): Promise<void> {
  await rm(paths.secrets, { recursive: true, force: true });
  await rm(paths.scratch, { recursive: true, force: true });
  const end: JobEnd = { ...ENDS[how], failures: 0, finishedAt: Date.now() / 1000 };
  await writeWholeFile(paths.end, `${JSON.stringify(end)}\n`, { mode: 0o600 });
}

async function settle(paths: JobPaths, life: LostLife): Promise<void> {
  await withdrawOrder(paths);
  const verdict = await readVerdict(paths, life.supervisor);
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

async function end(paths: JobPaths, reason: Reason): Promise<void> {
  await withdrawOrder(paths);
  const life = await readLife(paths);
  if (life.phase === 'lost') return settle(paths, life);
  if (life.phase === 'pending' || life.phase === 'running') return endSupervised(paths, life.supervisor, reason);
  if (reason !== 'cancel') return;
  const isInterrupted = life.phase === 'ended' && life.end.state === 'INTERRUPTED';
  const isLaidOut = life.phase === 'absent' && (await isThere(paths.run));
  if (isInterrupted || isLaidOut) await writeEnd(paths, 'cancel');
}

/** A supervisor that is on its way may note itself into the directory once more before it ends. */
async function removeWhole(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
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
        // The record last: what is left of a job without one would be shown to nobody.
        for (const directory of [paths.run, paths.secrets, paths.attempts, paths.scratch]) await removeWhole(directory);
        await rm(paths.record, { force: true });
        await removeWhole(paths.directory);
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
