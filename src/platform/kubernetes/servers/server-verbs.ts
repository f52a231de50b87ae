import type { Platform, ServerRef, ServerSpec } from '../../../../jobs/ports/platform.ts';
import { AppError, invalidInput } from '../../../../schema/errors.ts';
import { isGoing, type Kind, type KubeObject, type Pod } from '../cluster/objects.ts';
import { waitUntil } from '../cluster/wait-until.ts';
import type { KubernetesContext } from '../context.ts';
import { requireServerImage } from '../offers.ts';
import { namesOf } from './build-server.ts';
import { listServerPods } from './server-status.ts';

type ServerVerbs = Pick<
  Platform,
  | 'ensureVolume'
  | 'ensureSecret'
  | 'ensureConfiguration'
  | 'ensureServer'
  | 'stopServer'
  | 'removeServer'
  | 'removeConfiguration'
  | 'removeSecret'
  | 'removeVolume'
>;

/** Longer than a pod's grace; a step's own limit may end the wait earlier. */
const STOP_MS = 180_000;
const REMOVE_MS = 300_000;

function refuseGoing(object: KubeObject, what: string): void {
  if (isGoing(object)) throw new AppError('UNAVAILABLE', `${what} is still being removed: try again in a moment.`);
}

function checkPassword(password: string): void {
  // initdb reads the password from the first line of a file.
  if (/[\0\r\n]/.test(password) || password === '') {
    throw invalidInput('password', 'one line, not empty', 'The password must be one line of text and not empty.');
  }
}

/** Whether the pod still may write to the volume. */
function holds(pod: Pod, claim: string): boolean {
  const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return !isOver && (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claim);
}

/** Servers as StatefulSets, and what belongs to them. */
export function createServerVerbs(context: KubernetesContext): ServerVerbs {
  const { api, known, servers, settings } = context;

  async function removeAndWait(kind: Kind, { namespace }: ServerRef, name: string): Promise<void> {
    if (!(await api.remove(kind, namespace, name))) return;
    // It is not watched for this: most are gone with the answer.
    const gone = async () => (await api.read(kind, namespace, name)) === null;
    await waitUntil(known, gone, { timeoutMs: REMOVE_MS, late: `${kind} ${name} is still being removed.` });
  }

  async function waitForPods(ref: ServerRef, timeoutMs: number): Promise<void> {
    const gone = async () => (await listServerPods(context, ref)).length === 0;
    await waitUntil(known, gone, { timeoutMs, late: `Server ${ref.resourceName} is still shutting down.` });
  }

  async function ensureReach(spec: ServerSpec): Promise<void> {
    const [service] = await Promise.all([api.apply(servers.service(spec)), api.apply(servers.networkPolicy(spec))]);
    known.of('Service', spec.namespace).put(service);
  }

  return {
    ensureVolume: async (spec) => {
      requireServerImage(settings, spec);
      const volume = await api.apply(servers.volume(spec));
      refuseGoing(volume, `The volume of ${spec.resourceName}`);
      known.of('PersistentVolumeClaim', spec.namespace).put(volume);
    },

    ensureSecret: async (spec, secret) => {
      checkPassword(secret.password);
      if ((await api.create(servers.secret(spec, secret))) !== null) return;
      const existing = await api.read('Secret', spec.namespace, namesOf(spec).secret);
      if (existing === null) throw new AppError('UNAVAILABLE', 'The secret was removed meanwhile: try again.');
      refuseGoing(existing, `The secret of ${spec.resourceName}`);
    },

    ensureConfiguration: async (spec) => {
      refuseGoing(await api.apply(servers.configuration(spec)), `The configuration of ${spec.resourceName}`);
    },

    ensureServer: async (spec) => {
      const { namespace, resourceName } = spec;
      const existing = await api.read('StatefulSet', namespace, resourceName);
      if (existing !== null) refuseGoing(existing, `Server ${resourceName}`);
      await ensureReach(spec);
      // One that is meant to run is adopted as it is: a newer manifest would restart it.
      if (existing !== null && existing.spec.replicas !== 0) return;
      known.of('StatefulSet', namespace).put(await api.apply(servers.server(spec)));
    },

    stopServer: async (ref) => {
      const { namespace, resourceName } = ref;
      const stopped = await api.patch('StatefulSet', namespace, resourceName, { spec: { replicas: 0 } });
      if (stopped !== null) known.of('StatefulSet', namespace).put(stopped);
      await waitForPods(ref, STOP_MS);
    },

    removeServer: async (ref) => {
      const names = namesOf(ref);
      await removeAndWait('StatefulSet', ref, names.server);
      await removeAndWait('Service', ref, names.service);
      await removeAndWait('NetworkPolicy', ref, names.server);
      await waitForPods(ref, REMOVE_MS);
    },

    removeConfiguration: (ref) => removeAndWait('ConfigMap', ref, namesOf(ref).configuration),
    removeSecret: (ref) => removeAndWait('Secret', ref, namesOf(ref).secret),

    removeVolume: async (ref) => {
      const { volume } = namesOf(ref);
      const pods = [...(await known.of('Pod', ref.namespace).read()).values()];
      const holder = pods.find((pod) => holds(pod, volume));
      if (holder !== undefined) {
        const what = holder.metadata.name.startsWith(`${ref.resourceName}-`) ? 'The server runs' : 'A job works';
        throw new AppError('CONFLICT', `${what} on the volume of ${ref.resourceName}: stop it first.`);
      }
      await removeAndWait('PersistentVolumeClaim', ref, volume);
      const claims = known.of('PersistentVolumeClaim', ref.namespace);
      const gone = async () => !(await claims.read()).has(volume);
      await waitUntil(known, gone, { timeoutMs: REMOVE_MS, late: `Volume ${volume} is still being removed.` });
    },
  };
}
