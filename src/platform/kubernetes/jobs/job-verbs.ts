import type { JobRef, JobSpec, JobStatus, PlatformLogLine } from '../../../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import { AppError } from '../../../../schema/errors.ts';
import { ABSENT_JOB } from '../../absent-job.ts';
import { checkJobSpec } from '../../job-spec-rules.ts';
import type { Events } from '../causes.ts';
import { isGoing, type Job } from '../cluster/objects.ts';
import { nextChange, waitUntil } from '../cluster/wait-until.ts';
import type { KubernetesContext } from '../context.ts';
import { jobOf } from '../labels.ts';
import { namesOf } from '../servers/build-server.ts';
import { listServerPods } from '../servers/server-status.ts';
import { jobNamesOf } from './build-job.ts';
import { followJobLog } from './job-logs.ts';
import { endOf, listAttempts } from './job-pods.ts';
import { readCancelled, readRecord, writeCancelled, writeKeptLog } from './job-record.ts';
import type { Reports } from './job-reports.ts';
import type { JobSlots } from './job-slots.ts';
import { readStatusOf } from './job-status.ts';

type JobVerbs = Pick<Platform, 'ensureJob' | 'readJob' | 'awaitJobEnd' | 'cancelJob' | 'removeJob'>;

/** The API server is to have the end of a cancelled job within 2 s, whatever its log takes. */
const LOG_HEAD_START_MS = 700;
const LOG_MS = 10_000;
const GONE_MS = 120_000;

function refOf({ id, namespace, name }: JobRef): JobRef {
  return { id, namespace, name };
}

/** Jobs as Jobs: the cluster tries again and says how it ended. */
export function createJobVerbs(
  context: KubernetesContext,
  reports: Reports,
  events: Events,
  slots: JobSlots,
): JobVerbs {
  const { api, known, jobs: manifests } = context;
  const accounts = new Map<string, Promise<unknown>>();

  /** The Job of this very id, asked of the API server when it is not known yet. */
  async function findJob(ref: JobRef): Promise<Job | null> {
    const informer = known.of('Job', ref.namespace);
    const watched = (await informer.read()).get(ref.name);
    if (watched !== undefined && jobOf(watched)?.id === ref.id) return watched;
    const job = await api.read('Job', ref.namespace, ref.name);
    if (job === null || jobOf(job)?.id !== ref.id) return null;
    informer.put(job);
    return job;
  }

  async function requireVolume({ volume }: JobSpec): Promise<void> {
    if (volume === null) return;
    const claim = await api.read('PersistentVolumeClaim', volume.namespace, namesOf(volume).volume);
    if (claim === null || isGoing(claim)) {
      throw new AppError('STEP_FAILED', `The volume of ${volume.resourceName} is gone: the job cannot be started.`);
    }
    if ((await listServerPods(context, volume)).length > 0) {
      throw new AppError('CONFLICT', `Server ${volume.resourceName} runs on the volume: stop it first.`);
    }
  }

  function ensureAccount(namespace: string): Promise<unknown> {
    const manifest = manifests.account(namespace);
    if (manifest === null) return Promise.resolve();
    const made = accounts.get(namespace) ?? api.apply(manifest);
    accounts.set(namespace, made);
    return made.catch((error: unknown) => {
      accounts.delete(namespace);
      throw error;
    });
  }

  /** Null: it was cancelled, and stays that. */
  async function ensureParts(spec: JobSpec): Promise<true | null> {
    const record = await api.apply(manifests.scripts(spec));
    if (isGoing(record)) throw new AppError('UNAVAILABLE', `The job ${spec.name} is still being removed: try again.`);
    if (readCancelled(record) !== null) return null;
    await Promise.all([api.apply(manifests.secret(spec, record.metadata.uid ?? '')), ensureAccount(spec.namespace)]);
    return true;
  }

  async function waitForEnd(ref: JobRef): Promise<void> {
    const informer = known.of('Job', ref.namespace);
    const gone = async () => {
      const job = (await informer.read()).get(ref.name);
      return (job === undefined || jobOf(job)?.id !== ref.id) && (await listAttempts(context, ref)).length === 0;
    };
    const late = () => `The job ${ref.name} is still being ended: try again.`;
    await waitUntil(known, gone, { timeoutMs: GONE_MS, late });
  }

  async function collectLog(ref: JobRef): Promise<readonly PlatformLogLine[]> {
    const lines: PlatformLogLine[] = [];
    const options = { afterLine: 0, follow: false, signal: AbortSignal.timeout(LOG_MS) };
    try {
      for await (const line of followJobLog(context, ref, options)) lines.push(line);
    } catch (error) {
      context.log.warn({ err: error, job: ref.name }, 'cannot keep the whole log of a cancelled job');
    }
    return lines;
  }

  return {
    ensureJob: async (spec) => {
      checkJobSpec(spec);
      const existing = await findJob(spec);
      if (existing !== null && isGoing(existing)) {
        throw new AppError('UNAVAILABLE', `The job ${spec.name} is still being ended: try again in a moment.`);
      }
      if (existing !== null) {
        if (existing.spec.suspend === true) await ensureParts(spec);
        return refOf(spec);
      }
      await requireVolume(spec);
      if ((await ensureParts(spec)) === null) return refOf(spec);
      await slots.enter(async (suspend) => {
        const made = await api.create(manifests.job(spec, suspend));
        // Null: somebody else was faster, and it is the same job.
        if (made !== null) known.of('Job', spec.namespace).put(made);
      });
      return refOf(spec);
    },

    readJob: async (ref): Promise<JobStatus> => {
      const job = await findJob(ref);
      if (job !== null) return readStatusOf(context, reports, events, ref, job);
      const record = await readRecord(context, ref);
      return (record === null ? null : readCancelled(record)) ?? ABSENT_JOB;
    },

    awaitJobEnd: async ({ name, namespace }, signal) => {
      const informer = known.of('Job', namespace);
      while (!signal.aborted) {
        const change = nextChange(known, signal);
        const job = await informer.read().then(
          (all) => all.get(name),
          () => undefined,
        );
        if (job !== undefined && endOf(job) !== null) return;
        await change;
      }
    },

    cancelJob: async (ref) => {
      const job = await findJob(ref);
      if (job === null) {
        const record = await readRecord(context, ref);
        if (record !== null && readCancelled(record) === null) await writeCancelled(context, ref, ABSENT_JOB);
        return;
      }
      if (endOf(job) !== null) return;
      const status = await readStatusOf(context, reports, events, ref, job);
      if (status.state === 'SUCCEEDED') return;
      await writeCancelled(context, ref, { ...status, finishedAt: new Date() });
      const lines = collectLog(ref);
      const headStart = new Promise((resolve) => setTimeout(resolve, LOG_HEAD_START_MS));
      await Promise.race([lines, headStart]);
      await api.remove('Job', ref.namespace, ref.name, { uid: job.metadata.uid });
      await writeKeptLog(context, ref, await lines);
      await waitForEnd(ref);
    },

    removeJob: async (ref) => {
      const job = await findJob(ref);
      const names = jobNamesOf(ref);
      if (job !== null) await api.remove('Job', ref.namespace, ref.name, { uid: job.metadata.uid });
      await waitForEnd(ref);
      await api.remove('Secret', ref.namespace, names.secret);
      await api.remove('ConfigMap', ref.namespace, names.scripts);
    },
  };
}
