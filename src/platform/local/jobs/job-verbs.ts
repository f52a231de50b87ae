import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { JobRef, JobSpec, JobStatus } from '../../../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import { withLock } from '../../../machine/file-lock.ts';
import { isAlive, type ProcessMark, signalProcess } from '../../../machine/process-mark.ts';
import { type Owner, removeTree } from '../../../machine/remove-tree.ts';
import { whenThere } from '../../../machine/when-there.ts';
import { readJsonFile, writeWholeFile } from '../../../machine/whole-file.ts';
import { until } from '../../../waiting/until.ts';
import type { LocalContext } from '../context.ts';
import type { JobPaths } from '../layout.ts';
import { isThere } from '../servers/server-records.ts';
import { killJobProcesses } from './job-processes.ts';
import {
  type JobEnd,
  JobRecord,
  type LostLife,
  listJobs,
  readLife,
  readSupervisor,
  readTally,
  readVerdict,
  refOf,
  type Verdict,
} from './job-records.ts';
import { renewSecrets, startJob } from './job-start.ts';
import { readJobStatus } from './job-status.ts';

export type JobVerbs = Pick<Platform, 'ensureJob' | 'readJob' | 'awaitJobEnd' | 'cancelJob' | 'removeJob'> & {
  /** Ends every job that has not ended as INTERRUPTED; one that cannot be ended is logged and holds up nothing. */
  interruptJobs(): Promise<void>;
};

/** How long a supervisor may take to end its job in order before it is killed with all it started. */
const ORDERLY_MS = 1_500;
/** Longer than a start holds it that has to end an earlier one, and then waits until its own begins. */
const LOCK_SECONDS = 45;

type Reason = 'cancel' | 'interrupt';

const ENDS = {
  cancel: { state: 'CANCELLED', cause: 'cancel' },
  interrupt: { state: 'INTERRUPTED', cause: 'interrupt' },
  lost: { state: 'INTERRUPTED', cause: 'lost' },
  'given up': { state: 'FAILED', cause: 'lost' },
} as const;

/**
 * Takes the order back by which a supervisor may begin. One whose starter was killed may still be on its way: it notes
 * itself and then looks for its order, while we take that away and look for a supervisor after that. One sees the other.
 */
async function withdrawOrder(paths: JobPaths): Promise<void> {
  await rm(paths.order, { force: true });
}

/** Owners of what lies in the scratch space of a job. */
async function ownersOf({ identity, jobUsers }: LocalContext, { record }: JobPaths): Promise<readonly Owner[]> {
  if (identity === null) return [];
  const noted = (await readJsonFile(record, JobRecord).catch(() => null))?.users ?? null;
  const workers: readonly Owner[] = [
    identity,
    ...(jobUsers === null ? [] : [jobUsers.worker]),
    ...(noted === null ? [] : [noted.worker]),
  ];
  // The mover is in the group of its worker.
  const mover = noted?.mover ?? jobUsers?.mover ?? identity;
  return [...workers, ...workers.map(({ gid }) => ({ uid: mover.uid, gid }))];
}

async function removeScratch(context: LocalContext, paths: JobPaths): Promise<void> {
  const owners = await ownersOf(context, paths);
  const attempts = await readdir(paths.scratch).catch(() => []);
  for (const attempt of attempts) await removeTree(path.join(paths.scratch, attempt), owners);
  await removeTree(paths.scratch, owners);
}

async function writeEnd(context: LocalContext, paths: JobPaths, how: Verdict): Promise<void> {
  await rm(paths.secrets, { recursive: true, force: true });
  await removeScratch(context, paths);
  const { failures, losses } = await readTally(paths);
  const isLoss = how === 'lost' || how === 'given up';
  const tally = { failures, losses: isLoss ? losses + 1 : losses };
  const end: JobEnd = { ...ENDS[how], ...tally, finishedAt: Date.now() / 1000 };
  await writeWholeFile(paths.end, `${JSON.stringify(end)}\n`, { mode: 0o600 });
}

/** `cancelled`: what would go on with another attempt is not to. */
async function settle(context: LocalContext, paths: JobPaths, life: LostLife, cancelled = false): Promise<void> {
  await withdrawOrder(paths);
  const found = await readVerdict(paths, life.supervisor);
  const verdict = cancelled && found !== 'given up' ? 'cancel' : found;
  await killJobProcesses(paths, life.supervisor);
  await writeEnd(context, paths, verdict);
}

async function endSupervised(
  context: LocalContext,
  paths: JobPaths,
  supervisor: ProcessMark,
  reason: Reason,
): Promise<void> {
  await writeWholeFile(paths.request, `${reason}\n`, { mode: 0o644 });
  await signalProcess(supervisor, 'SIGTERM');
  await until(async () => !(await isAlive(supervisor)), { timeoutMs: ORDERLY_MS, intervalMs: 20 });
  await killJobProcesses(paths, supervisor);
  const after = await readLife(paths);
  if (after.phase === 'lost') await settle(context, paths, after, reason === 'cancel');
}

async function end(context: LocalContext, paths: JobPaths, reason: Reason): Promise<void> {
  await withdrawOrder(paths);
  const life = await readLife(paths);
  if (life.phase === 'lost') return settle(context, paths, life, reason === 'cancel');
  if (life.phase === 'pending' || life.phase === 'running')
    return endSupervised(context, paths, life.supervisor, reason);
  if (reason !== 'cancel') return;
  const isInterrupted = life.phase === 'ended' && life.end.state === 'INTERRUPTED';
  const isLaidOut = life.phase === 'absent' && (await isThere(paths.run));
  if (!isInterrupted && !isLaidOut) return;
  // One that has noted itself and not yet removed the end of the interruption would remove ours.
  const supervisor = await readSupervisor(paths.supervisor);
  if (supervisor !== null) await killJobProcesses(paths, supervisor);
  await writeEnd(context, paths, 'cancel');
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
    return withLock(paths.lock, { waitSeconds: LOCK_SECONDS, busy }, () => work(paths));
  };

  const settleLost = (ref: JobRef) =>
    locked(ref, async (paths) => {
      const life = await readLife(paths);
      if (life.phase === 'lost') await settle(context, paths, life);
    });

  return {
    ensureJob: (spec: JobSpec) =>
      locked(spec, async (paths) => {
        let life = await readLife(paths);
        if (life.phase === 'lost') {
          await settle(context, paths, life);
          life = await readLife(paths);
        }
        if (life.phase === 'pending') await renewSecrets(paths, spec);
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

    awaitJobEnd: (ref, signal) => whenThere(layout.job(ref).end, signal),

    cancelJob: async (ref) => {
      if (await isThere(layout.job(ref).directory)) await locked(ref, (paths) => end(context, paths, 'cancel'));
    },

    removeJob: (ref) => {
      const paths = layout.job(ref);
      const busy = 'The job is being started or ended by somebody else: try again.';
      return withLock(paths.lock, { waitSeconds: LOCK_SECONDS, busy }, async (lock) => {
        await end(context, paths, 'cancel');
        // The record last: what is left of a job without one would be shown to nobody.
        for (const directory of [paths.run, paths.secrets, paths.attempts]) await removeWhole(directory);
        await removeScratch(context, paths);
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
          if (phase !== 'ended' && phase !== 'absent') await locked(record, () => end(context, paths, 'interrupt'));
        }),
      );
      for (const result of results) {
        if (result.status === 'rejected') context.log.error({ err: result.reason }, 'cannot end a job in order');
      }
    },
  };
}
