import type { JobRef } from '../../../../jobs/ports/platform/jobs.ts';
import { type ContainerState, findCondition, type Job, type Pod } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { jobOf } from '../labels.ts';
import { DISRUPTIONS, FAILURES } from './build-job.ts';

/** One attempt of a job: a pod that was made for it. */
export interface Attempt {
  /** Counts from 1. */
  readonly number: number;
  readonly pod: Pod;
  readonly state: ContainerState;
}

function countOf({ metadata }: Pod, annotation: string): number {
  return Number(metadata.annotations?.[annotation] ?? 0) || 0;
}

/** The state of the container of the program; empty before the node has said anything. */
export function containerStateOf(pod: Pod): ContainerState {
  return pod.status?.containerStatuses?.[0]?.state ?? {};
}

/** Whether nothing more comes from the pod of this id: its container has ended, or it is gone. */
export function isSilent(pod: Pod | undefined, uid: string | undefined): boolean {
  return pod === undefined || pod.metadata.uid !== uid || containerStateOf(pod).terminated !== undefined;
}

/** Whether the script of this attempt was started. */
export function hasBegun({ state }: Attempt): boolean {
  return state.running !== undefined || (state.terminated !== undefined && state.terminated.startedAt !== undefined);
}

/** Whether nothing of the attempt runs any more. */
export function isOver({ state, pod }: Attempt): boolean {
  return state.terminated !== undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

/** The attempts of which the cluster still has a pod, in order. */
export async function listAttempts({ known }: KubernetesContext, ref: JobRef): Promise<readonly Attempt[]> {
  const pods = await known.of('Pod', ref.namespace).read();
  return [...pods.values()]
    .filter((pod) => jobOf(pod)?.id === ref.id)
    .map((pod) => ({
      number: countOf(pod, FAILURES) + countOf(pod, DISRUPTIONS) + 1,
      pod,
      state: containerStateOf(pod),
    }))
    .sort((a, b) => a.number - b.number);
}

/** How the job controller says that a job has ended; null while it has not. */
export function endOf({
  status,
}: Job): { readonly succeeded: boolean; readonly reason: string; readonly at: Date | null } | null {
  const complete = findCondition(status?.conditions, 'Complete');
  const condition = complete ?? findCondition(status?.conditions, 'Failed');
  if (condition === null) return null;
  const at = status?.completionTime ?? condition.lastTransitionTime;
  return { succeeded: complete !== null, reason: condition.reason ?? '', at: at === undefined ? null : new Date(at) };
}
