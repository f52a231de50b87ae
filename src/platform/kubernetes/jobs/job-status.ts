import type { JobRef, JobStatus, PlatformJobState } from '../../../../jobs/ports/platform/jobs.ts';
import { describeFailure } from '../../job-report.ts';
import { type Cause, type Events, placedAt, readPodCause } from '../causes.ts';
import type { Job } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { NOTES } from './build-job.ts';
import { type Attempt, endOf, hasBegun, isOver, listAttempts } from './job-pods.ts';
import { NOTHING_SAID, type Reports, type Said } from './job-reports.ts';

/** A cause that waiting does not cure may still pass within this. */
const HOPELESS_MS = 60_000;

function latest(...times: readonly (Date | string | null | undefined)[]): Date | null {
  const known = times.filter((time) => time != null).map((time) => new Date(time).getTime());
  return known.length === 0 ? null : new Date(Math.max(...known));
}

/** Why the last attempt ended, as the cluster sees it; null when the script's own words are better. */
function clusterCause({ pod, state }: Attempt, memoryLimit: string): string | null {
  if (state.terminated?.reason === 'OOMKilled') {
    return `The job used more memory than its limit of ${memoryLimit} and was killed (OOMKilled).`;
  }
  if (pod.status?.reason !== undefined && state.terminated?.exitCode !== 78) return readPodCause(pod)?.text ?? null;
  return null;
}

interface Facts {
  readonly job: Job;
  readonly attempts: readonly Attempt[];
  readonly said: Said;
  readonly exitCode: number | null;
}

function describeJobFailure(context: KubernetesContext, facts: Facts, reason: string): string {
  const { job, attempts, said, exitCode } = facts;
  const last = attempts.at(-1);
  const cause = last === undefined ? null : clusterCause(last, context.settings.jobResources.memory.limit);
  if (cause !== null) return cause;
  const kind = job.metadata.annotations?.[NOTES.kind] ?? 'platform';
  const isDeadline = said.deadline || (reason === 'DeadlineExceeded' && said.error === null);
  if (last === undefined && !isDeadline) {
    return `The ${kind} job failed (${reason}), and its pods were removed from outside before they said why.`;
  }
  return describeFailure({
    kind,
    cause: isDeadline ? 'deadline' : 'exit',
    exitCode,
    deadlineSeconds: Number(job.metadata.annotations?.[NOTES.deadline] ?? 0),
    error: said.error,
    lastLine: said.lastLine,
    report: said.report,
  });
}

/** Why the job does not begin; `final` when it has waited long enough for that. */
async function findHindrance(
  context: KubernetesContext,
  events: Events,
  { job, attempts }: Facts,
): Promise<(Cause & { readonly final: boolean }) | null> {
  const { startPatienceMs } = context.settings;
  const pod = attempts.at(-1)?.pod;
  const since = pod?.metadata.creationTimestamp ?? job.status?.startTime;
  if (since === undefined) return null;
  const waitedMs = Date.now() - new Date(since).getTime();
  const cause =
    pod === undefined
      ? await events.read('Job', job, job.status?.startTime)
      : (readPodCause(pod) ?? (await events.read('Pod', pod, placedAt(pod))));
  if (cause === null) return null;
  const patience = cause.hopeless ? Math.min(HOPELESS_MS, startPatienceMs) : startPatienceMs;
  return { ...cause, final: waitedMs > patience };
}

/** The state of a job that exists, from what is watched; it costs a call only where there is trouble to be named. */
export async function readStatusOf(
  context: KubernetesContext,
  reports: Reports,
  events: Events,
  ref: JobRef,
  job: Job,
): Promise<JobStatus> {
  const attempts = await listAttempts(context, ref);
  const begun = attempts.filter(hasBegun);
  const current = begun.at(-1);
  const said = current === undefined ? NOTHING_SAID : await reports.read(current);
  const ended = attempts.findLast(isOver);
  const exitCode = ended?.state.terminated?.exitCode ?? null;
  const facts: Facts = { job, attempts, said, exitCode };
  const first = begun[0]?.state;
  const startedAt = latest(first?.running?.startedAt ?? first?.terminated?.startedAt);
  const base = {
    attempts: Math.max(current?.number ?? 0, job.status?.failed ?? 0),
    exitCode,
    startedAt,
    report: said.report,
    reportedAt: said.reportedAt ?? startedAt,
    finishedAt: null,
    result: null,
    failure: null,
  };
  const state = (name: PlatformJobState, change: Partial<JobStatus> = {}): JobStatus => ({
    ...base,
    ...change,
    state: name,
  });

  const end = endOf(job);
  if (end !== null) {
    const finishedAt = latest(end.at, ended?.state.terminated?.finishedAt, said.lastAt, base.reportedAt);
    if (!end.succeeded) return state('FAILED', { finishedAt, failure: describeJobFailure(context, facts, end.reason) });
    if (said.result !== null) return state('SUCCEEDED', { finishedAt, result: said.result });
    const kind = job.metadata.annotations?.[NOTES.kind] ?? 'platform';
    const failure = `The result that the ${kind} script said cannot be read: it is no JSON object, or its log is gone.`;
    return state('FAILED', { finishedAt, failure });
  }
  if (job.spec.suspend === true) return state('PENDING');
  if (current !== undefined && !isOver(current)) return state('RUNNING');
  const hindrance =
    attempts.length > begun.length || attempts.length === 0 ? await findHindrance(context, events, facts) : null;
  if (hindrance?.final) return state('FAILED', { finishedAt: new Date(), failure: hindrance.text });
  return state(current === undefined ? 'PENDING' : 'RUNNING', { waitsFor: hindrance?.text ?? null });
}
