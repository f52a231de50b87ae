import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import type { ServerRef, ServerSpec } from '../../../../jobs/ports/platform/servers.ts';
import { AppError, invalidInput } from '../../../../schema/errors.ts';
import {
  describeHeld,
  isGoing,
  type KubeObject,
  type Manifest,
  type ObjectMeta,
  type Pod,
} from '../cluster/objects.ts';
import { waitUntil } from '../cluster/wait-until.ts';
import type { KubernetesContext } from '../context.ts';
import { serverLabels } from '../labels.ts';
import { requireServerImage } from '../offers.ts';
import { ASKED_LOGIN, isAskedFor, writeAskedLogin } from './asked-login.ts';
import { namesOf } from './build-server.ts';
import type { ConnectionSecrets } from './connection-secret.ts';
import { createServerEnds, REMOVE_MS } from './end-server.ts';
import type { ServerCertificates } from './server-certificates.ts';
import { askedAtOf, NOTES, templateOf } from './server-notes.ts';
import { listServerPods } from './server-status.ts';

type ServerVerbs = Pick<
  Platform,
  | 'ensureVolume'
  | 'ensureSecret'
  | 'ensureConfiguration'
  | 'ensureServer'
  | 'stopServer'
  | 'ensureLogin'
  | 'removeServer'
  | 'removeConfiguration'
  | 'removeSecret'
  | 'removeVolume'
>;

function refuseGoing(object: KubeObject, what: string): void {
  if (!isGoing(object)) return;
  throw new AppError('UNAVAILABLE', `${what} is still being removed${describeHeld(object)}: try again in a moment.`);
}

/** Its server process is there, whatever it does. */
function isUp(pod: Pod): boolean {
  return isGoing(pod) || pod.status?.containerStatuses?.[0]?.state?.running !== undefined;
}

function metadataOf({ name, body }: Manifest): ObjectMeta {
  return { name, ...(body.metadata as Partial<ObjectMeta>) };
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
export function createServerVerbs(
  context: KubernetesContext,
  certificates: Pick<ServerCertificates, 'ensure'>,
  connections: Pick<ConnectionSecrets, 'removeConnection'>,
): ServerVerbs {
  const { api, known, servers, settings } = context;

  const { removeAndWait, waitForPods, scaleDown, removeStatefulSet } = createServerEnds(context);

  async function applyServer(spec: ServerSpec, askedAt: Date): Promise<void> {
    known.of('StatefulSet', spec.namespace).put(await api.apply(servers.server(spec, askedAt)));
  }

  async function nudge({ namespace, resourceName }: ServerRef): Promise<void> {
    const change = { metadata: { annotations: { [NOTES.nudgedAt]: new Date().toISOString() } } };
    await api.patch('StatefulSet', namespace, resourceName, change);
  }

  /** A server without its volume would be made anew, empty, as if its data had never been. */
  async function requireVolume({ namespace, resourceName }: ServerRef): Promise<void> {
    const { volume } = namesOf({ resourceName });
    const watched = (await known.of('PersistentVolumeClaim', namespace).read()).get(volume);
    const claim = watched ?? (await api.read('PersistentVolumeClaim', namespace, volume));
    if (claim !== null && !isGoing(claim)) return;
    throw new AppError(
      'STEP_FAILED',
      `The volume of ${resourceName} is gone, and its data with it: restore it from an image, or delete the instance.`,
    );
  }

  async function ensureReach(spec: ServerSpec): Promise<void> {
    const labels = serverLabels(spec);
    const [service] = await Promise.all([api.apply(servers.service(spec)), api.apply(servers.networkPolicy(spec))]);
    known.of('Service', spec.namespace).put(service);
    await certificates.ensure(spec, labels, service);
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
      refuseGoing(await api.apply(servers.secret(spec, secret)), `The secret of ${spec.resourceName}`);
    },

    ensureConfiguration: async (spec) => {
      refuseGoing(await api.apply(servers.configuration(spec)), `The configuration of ${spec.resourceName}`);
    },

    ensureServer: async (spec) => {
      const { namespace, resourceName } = spec;
      const existing = await api.read('StatefulSet', namespace, resourceName);
      if (existing !== null) refuseGoing(existing, `Server ${resourceName}`);
      await requireVolume(spec);
      await ensureReach(spec);
      if (existing === null || existing.spec.replicas === 0) return applyServer(spec, new Date());
      const pods = await listServerPods(context, spec);
      // One that runs is adopted as it is: a newer manifest would restart it.
      if (pods.some(isUp)) return;
      const askedAt = askedAtOf(existing);
      if (templateOf(existing) === templateOf({ metadata: metadataOf(servers.server(spec, askedAt)) })) {
        // Its controller may have given up for a while on a pod that was refused: any change has it try at once.
        if (pods.length === 0) await nudge(spec);
        return;
      }
      // The controller never replaces a pod that did not come up, whatever its template is by now.
      await scaleDown(spec);
      await applyServer(spec, new Date());
    },

    stopServer: scaleDown,

    ensureLogin: async (spec, login) => {
      const { namespace, resourceName } = spec;
      const [set, secret] = await Promise.all([
        api.read('StatefulSet', namespace, resourceName),
        api.read('Secret', namespace, namesOf(spec).secret),
      ]);
      if (set === null || isGoing(set) || set.spec.replicas === 0) {
        throw new AppError(
          'UNAVAILABLE',
          `Server ${resourceName} does not run: start it, then its password can be set.`,
        );
      }
      if (secret === null || isGoing(secret)) {
        throw new AppError(
          'STEP_FAILED',
          `The Secret of ${resourceName} is gone: restart the instance, which makes it anew, then its password can be set.`,
        );
      }
      if (isAskedFor(secret, login)) return;
      // What gives it to the server: one that an older release started has none.
      await api.apply(servers.configuration(spec));
      const change = { stringData: { [ASKED_LOGIN]: writeAskedLogin(login) } };
      await api.patch('Secret', namespace, namesOf(spec).secret, change);
    },

    removeServer: async (ref) => {
      const names = namesOf(ref);
      await removeStatefulSet(ref);
      await removeAndWait('Service', ref, names.service);
      await removeAndWait('NetworkPolicy', ref, names.server);
      await waitForPods(ref);
    },

    removeConfiguration: async (ref) => {
      await removeAndWait('ConfigMap', ref, namesOf(ref).configuration);
    },
    removeSecret: async (ref) => {
      await removeAndWait('Secret', ref, namesOf(ref).secret);
      await removeAndWait('Secret', ref, namesOf(ref).certificate);
      await connections.removeConnection(ref);
    },

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
      await waitUntil(known, gone, { timeoutMs: REMOVE_MS, late: () => `Volume ${volume} is still being removed.` });
    },
  };
}
