import type { KubernetesApi } from './cluster/api.ts';
import { describeAdmission } from './cluster/errors.ts';
import type { Kind, KubeEvent, KubeObject, Pod } from './cluster/objects.ts';

/** Why something does not come up, in words. `hopeless`: waiting longer is not worth it. */
export interface Cause {
  readonly text: string;
  readonly hopeless: boolean;
}

const LONGEST = 600;
const EVENTS_MS = 4_000;

const PULL = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError)$/;
const NO_REGISTRY =
  'Its name says no registry, and then it must be on the node: load it there, or set TOYGRES_POSTGRES_IMAGE ' +
  '(of jobs TOYGRES_JOB_IMAGE) to one with a registry, like registry.example.com/postgres:{version}';
const CONFIGURATION = /^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}

/** What the pod's own status tells, null when that is nothing. */
export function readPodCause(pod: Pod): Cause | null {
  const { status } = pod;
  if (status?.reason === 'Evicted') {
    return { text: `The cluster evicted the pod: ${cut(status.message ?? 'no reason given')}`, hopeless: false };
  }
  const scheduled = status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const text = `The cluster has no place for the pod (${scheduled.reason}): ${cut(scheduled.message ?? '')}`;
    return { text, hopeless: false };
  }
  const container = status?.containerStatuses?.[0];
  // The mover of a job comes up before its program, and may be what does not.
  const waiting = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .map(({ state }) => state?.waiting)
    .find((one) => one?.reason !== undefined && (PULL.test(one.reason) || CONFIGURATION.test(one.reason)));
  if (waiting?.reason !== undefined && PULL.test(waiting.reason)) {
    const text = `The container image cannot be pulled (${waiting.reason}): ${cut(waiting.message ?? '')}`;
    return { text: waiting.reason === 'ErrImageNeverPull' ? `${text}. ${NO_REGISTRY}` : text, hopeless: true };
  }
  if (waiting?.reason !== undefined) {
    return {
      text: `The container cannot be started (${waiting.reason}): ${cut(waiting.message ?? '')}`,
      hopeless: true,
    };
  }
  const last = container?.state?.terminated ?? container?.lastState?.terminated;
  if (last?.reason === 'OOMKilled') {
    return { text: 'The container used more memory than its limit and was killed (OOMKilled)', hopeless: false };
  }
  return null;
}

/** When the pod was given its node: what was said of that before is over. */
export function placedAt({ status }: Pod): string | null {
  const placed = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'True');
  return placed?.lastTransitionTime ?? null;
}

const TELLING =
  /^(FailedCreate|FailedMount|FailedAttachVolume|FailedScheduling|FailedCreatePodSandBox|ProvisioningFailed|VolumeResizeFailed|FileSystemResizeFailed|Evicted|SyncLoadBalancerFailed)$/;

/** Some carry whole seconds and some microseconds: as texts they cannot be compared. */
function timeOf({ lastTimestamp, eventTime, metadata }: KubeEvent): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}

/** Events carry whole seconds: one of the same second may be of before or after, and is counted. */
function wholeSecond(time: Date | string | null | undefined): number {
  return time == null ? Number.NEGATIVE_INFINITY : Math.floor(new Date(time).getTime() / 1000) * 1000;
}

function describeEvent({ reason, message = '' }: KubeEvent): Cause {
  const admission = describeAdmission(message);
  if (admission !== null) return { text: cut(admission), hopeless: true };
  // The account and the object are named at length; what matters comes last.
  return { text: `${reason}: ${cut(message)}`, hopeless: false };
}

/** Reads the last telling event of an object. A namespace is asked at most once in some seconds, however many objects. */
export interface Events {
  /** Only of this very object, and nothing from before `since`: what is over is no cause of what is now. */
  read(kind: Kind, object: KubeObject, since?: Date | string | null): Promise<Cause | null>;
}

export function createEvents(api: Pick<KubernetesApi, 'list'>): Events {
  const recent = new Map<string, { readonly at: number; readonly warnings: Promise<readonly KubeEvent[]> }>();

  function listWarnings(namespace: string): Promise<readonly KubeEvent[]> {
    const now = performance.now();
    const known = recent.get(namespace);
    if (known !== undefined && now - known.at < EVENTS_MS) return known.warnings;
    const warnings = api.list('Event', namespace, { fieldSelector: 'type=Warning' }).then(
      ({ items }) => items.filter(({ reason = '' }) => TELLING.test(reason)),
      // Events tell more than there would be otherwise: without them it goes on.
      () => [],
    );
    recent.set(namespace, { at: now, warnings });
    return warnings;
  }

  return {
    read: async (kind, { metadata }, since = null) => {
      const from = Math.max(wholeSecond(metadata.creationTimestamp), wholeSecond(since));
      const about = (await listWarnings(metadata.namespace ?? '')).filter(
        ({ involvedObject }) =>
          involvedObject?.kind === kind &&
          involvedObject.name === metadata.name &&
          // One of the same name before it is another one.
          (involvedObject.uid === undefined || metadata.uid === undefined || involvedObject.uid === metadata.uid),
      );
      const last = about
        .filter((event) => timeOf(event) >= from)
        .sort((a, b) => timeOf(a) - timeOf(b))
        .at(-1);
      return last === undefined ? null : describeEvent(last);
    },
  };
}
