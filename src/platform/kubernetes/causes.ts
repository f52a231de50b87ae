import type { KubernetesApi } from './api.ts';
import { describeAdmission } from './errors.ts';
import { type Kind, type KubeEvent, type KubeObject, type Pod, pathOf } from './objects.ts';

/** Why something does not come up, in words. `hopeless`: waiting longer is not worth it. */
export interface Cause {
  readonly text: string;
  readonly hopeless: boolean;
}

const LONGEST = 600;
const EVENTS_MS = 4_000;

const PULL = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError)$/;
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
  const waiting = container?.state?.waiting;
  if (waiting?.reason !== undefined && PULL.test(waiting.reason)) {
    const text = `The container image cannot be pulled (${waiting.reason}): ${cut(waiting.message ?? '')}`;
    return { text, hopeless: true };
  }
  if (waiting?.reason !== undefined && CONFIGURATION.test(waiting.reason)) {
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

const TELLING =
  /^(FailedCreate|FailedMount|FailedAttachVolume|FailedScheduling|FailedCreatePodSandBox|ProvisioningFailed|VolumeResizeFailed|FileSystemResizeFailed|Evicted|SyncLoadBalancerFailed)$/;

function timeOf({ lastTimestamp, eventTime, metadata }: KubeEvent): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}

function describeEvent({ reason, message = '' }: KubeEvent): Cause {
  const admission = describeAdmission(message);
  if (admission !== null) return { text: cut(admission), hopeless: true };
  // The account and the object are named at length; what matters comes last.
  return { text: `${reason}: ${cut(message)}`, hopeless: false };
}

/** Reads the last telling event of an object; the same object is not asked for again within seconds. */
export interface Events {
  read(kind: Kind, object: KubeObject): Promise<Cause | null>;
}

export function createEvents(api: KubernetesApi): Events {
  const recent = new Map<string, { readonly at: number; readonly cause: Promise<Cause | null> }>();

  async function ask(kind: Kind, { metadata }: KubeObject): Promise<Cause | null> {
    const selector = `involvedObject.kind=${kind},involvedObject.name=${metadata.name},type=Warning`;
    const { items } = await api.list('Event', metadata.namespace ?? '', { fieldSelector: selector });
    const since = metadata.creationTimestamp ?? '';
    const telling = items
      .filter((event) => TELLING.test(event.reason ?? '') && timeOf(event) >= since)
      .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
    const last = telling.at(-1);
    return last === undefined ? null : describeEvent(last);
  }

  return {
    read: (kind, object) => {
      const now = performance.now();
      for (const [key, { at }] of recent) if (now - at > EVENTS_MS) recent.delete(key);
      const key = `${pathOf(kind, object.metadata.namespace ?? '')}/${object.metadata.name}`;
      const known = recent.get(key);
      if (known !== undefined) return known.cause;
      // Events tell more than there would be otherwise: without them it goes on.
      const cause = ask(kind, object).catch(() => null);
      recent.set(key, { at: now, cause });
      return cause;
    },
  };
}
