import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../../schema/errors.ts';
import { describeHeld, isGoing, type Kind, type KubeObject, type Pod, type StatefulSet } from '../cluster/objects.ts';
import { waitUntil } from '../cluster/wait-until.ts';
import type { KubernetesContext } from '../context.ts';
import { namesOf } from './build-server.ts';
import { endOrphans } from './orphans.ts';
import { NOTES } from './server-notes.ts';
import { listServerPods } from './server-status.ts';

/** Longer than a pod's grace; a step's own limit may end the wait earlier. */
const STOP_MS = 180_000;
/** How long the end of a part is waited for. */
export const REMOVE_MS = 300_000;

/** How servers and their parts end. Each resolves when it is so; throws UNAVAILABLE with what is still there, and what holds it. */
export interface ServerEnds {
  /** False when there was none. */
  removeAndWait(kind: Kind, ref: ServerRef, name: string): Promise<boolean>;
  waitForPods(ref: ServerRef): Promise<void>;
  /** Ends the pod, also one whose StatefulSet is gone. Throws STEP_FAILED where the data would go with it and is to stay. */
  scaleDown(ref: ServerRef, options?: { readonly forGood?: boolean }): Promise<void>;
  /** With its pods, also those that it had left alone when somebody else removed it. */
  removeStatefulSet(ref: ServerRef): Promise<void>;
}

function describeShutdown({ resourceName }: ServerRef, [pod]: readonly Pod[]): string {
  if (pod === undefined) return `Server ${resourceName} is still shutting down.`;
  const { nodeName = 'no node' } = pod.spec;
  return (
    `Server ${resourceName} is still shutting down: its pod ${pod.metadata.name} on ${nodeName} is still there` +
    `${describeHeld(pod)}. Where that node is gone for good, delete the pod by force.`
  );
}

export function createServerEnds(context: KubernetesContext): ServerEnds {
  const { api, known } = context;

  /** It is not watched for this: most are gone with the answer. */
  async function waitUntilGone(kind: Kind, { namespace }: ServerRef, name: string): Promise<void> {
    let left: KubeObject | null = null;
    const gone = async () => {
      left = await api.read(kind, namespace, name);
      return left === null;
    };
    const late = () => `${kind} ${name} is still being removed${left === null ? '' : describeHeld(left)}.`;
    await waitUntil(known, gone, { timeoutMs: REMOVE_MS, late });
  }

  async function removeAndWait(kind: Kind, ref: ServerRef, name: string): Promise<boolean> {
    if (!(await api.remove(kind, ref.namespace, name))) return false;
    await waitUntilGone(kind, ref, name);
    return true;
  }

  /** One that somebody else is removing may leave its pods alone. False where there are none to end. */
  async function endThoseOf(going: StatefulSet | null, ref: ServerRef): Promise<boolean> {
    if (going !== null) await waitUntilGone('StatefulSet', ref, going.metadata.name);
    return endOrphans(context, ref);
  }

  async function waitForPods(ref: ServerRef, timeoutMs = REMOVE_MS): Promise<void> {
    let left: readonly Pod[] = [];
    const gone = async () => {
      left = await listServerPods(context, ref);
      return left.length === 0;
    };
    await waitUntil(known, gone, { timeoutMs, late: () => describeShutdown(ref, left) });
  }

  /** Somebody asked for the end of the volume: then its data goes with the pod. */
  async function requireKept({ namespace, resourceName }: ServerRef): Promise<void> {
    const claim = (await known.of('PersistentVolumeClaim', namespace).read()).get(namesOf({ resourceName }).volume);
    if (claim === undefined || !isGoing(claim)) return;
    throw new AppError(
      'STEP_FAILED',
      `The volume of ${resourceName} was deleted from outside, and is there for as long as its server runs: stopped, its data ` +
        'would be gone. Take an image now, restore it, and delete the instance.',
    );
  }

  return {
    removeAndWait,
    waitForPods,

    scaleDown: async (ref, { forGood = false } = {}) => {
      const { namespace, resourceName } = ref;
      if (!forGood && (await listServerPods(context, ref)).some((pod) => !isGoing(pod))) await requireKept(ref);
      const metadata = { annotations: { [NOTES.stoppedAt]: new Date().toISOString() } };
      const stopped = await api.patch('StatefulSet', namespace, resourceName, { metadata, spec: { replicas: 0 } });
      if (stopped !== null) known.of('StatefulSet', namespace).put(stopped);
      if (stopped === null || isGoing(stopped)) await endThoseOf(stopped, ref);
      await waitForPods(ref, STOP_MS);
    },

    removeStatefulSet: async (ref) => {
      const { server } = namesOf(ref);
      const present = await api.read('StatefulSet', ref.namespace, server);
      if (present !== null && !isGoing(present)) {
        await removeAndWait('StatefulSet', ref, server);
        return;
      }
      if (!(await endThoseOf(present, ref))) return;
      await waitForPods(ref);
      await removeAndWait('StatefulSet', ref, server);
    },
  };
}
