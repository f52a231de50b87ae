import type { Address, ServerRef, ServerStatus } from '../../../../jobs/ports/platform/servers.ts';
import type { Events } from '../causes.ts';
import { knock } from '../cluster/knock.ts';
import { findCondition, isGoing, type Pod, type Service } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { operationOf, serverOf } from '../labels.ts';
import { namesOf } from './build-server.ts';
import { dnsNameOf, publicNameOf } from './server-names.ts';
import { askedAtOf, isCertified, isCertifiedPod, madeOf, startedWith, wasStopped } from './server-notes.ts';
import { describeUnready, patienceFor } from './unready-server.ts';

const PORT = 5432;
/** The pods of a server, also one that is on its way out. */
export async function listServerPods({ known }: KubernetesContext, ref: ServerRef): Promise<readonly Pod[]> {
  const pods = await known.of('Pod', ref.namespace).read();
  return [...pods.values()].filter((pod) => serverOf(pod)?.resourceName === ref.resourceName);
}

function insideAddressOf(service: Service | undefined, tls: Pick<Address, 'tls'>): Address | null {
  const { clusterIP } = service?.spec ?? {};
  return clusterIP && clusterIP !== 'None' ? { host: clusterIP, port: PORT, ...tls } : null;
}

function endpointOf(
  { settings }: KubernetesContext,
  ref: ServerRef,
  service: Service | undefined,
  tls: Pick<Address, 'tls'>,
): ServerStatus['endpoint'] {
  if (service === undefined) return null;
  if (service.spec.type !== 'LoadBalancer') {
    const host = dnsNameOf(ref);
    return { host, port: PORT, dnsName: host, ...tls };
  }
  const [ingress] = service.status?.loadBalancer?.ingress ?? [];
  const address = ingress?.ip ?? ingress?.hostname;
  if (address === undefined) return null;
  const dnsName = publicNameOf(settings, service);
  return { host: dnsName ?? address, port: PORT, dnsName: dnsName ?? ingress?.hostname ?? null, ...tls };
}

/**
 * A pod is ready some moments before every node leads the service's address to it. Where this process cannot reach that
 * address at all, it cannot use the server either. A load balancer takes minutes: that is for the connection test.
 */
async function isReached(
  { reached }: KubernetesContext,
  pod: Pod,
  service: Service | undefined,
  address: Address | null,
): Promise<boolean> {
  const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (address === null || service?.spec.type === 'LoadBalancer' || reached.get(key) === pod.metadata.uid) return true;
  if (!(await knock(address))) return false;
  reached.set(key, pod.metadata.uid);
  return true;
}

/** The server runs, and nobody can reach it from outside: what the cloud says of its load balancer. */
async function describeMissingAddress(events: Events, service: Service | undefined): Promise<string> {
  if (service === undefined)
    return 'its service was removed from outside: it is made again within a minute, or by a restart';
  const cause = await events.read('Service', service);
  return `the load balancer has no address yet${cause === null ? '' : ` (${cause.text})`}`;
}

/** How a server is, from what is watched: it costs a call only where there is trouble to be named. */
export async function readServerStatus(
  context: KubernetesContext,
  events: Events,
  ref: ServerRef,
): Promise<ServerStatus> {
  const { known } = context;
  const [sets, services, claims, pods] = await Promise.all([
    known.of('StatefulSet', ref.namespace).read(),
    known.of('Service', ref.namespace).read(),
    known.of('PersistentVolumeClaim', ref.namespace).read(),
    listServerPods(context, ref),
  ]);
  const names = namesOf(ref);
  const [set, service] = [sets.get(names.server), services.get(names.service)];
  const without = (phase: ServerStatus['phase'], detail: string | null = null): ServerStatus => {
    return { phase, endpoint: null, insideAddress: null, detail };
  };
  if (set === undefined && pods.length === 0) return without(claims.has(names.volume) ? 'STOPPED' : 'ABSENT');
  const running = pods.find((pod) => !isGoing(pod));
  // A pod whose StatefulSet somebody removed without it runs on.
  if (set === undefined ? running === undefined : isGoing(set)) return without('STOPPING');
  if (set?.spec.replicas === 0) {
    const isOutdated = madeOf(set) !== context.servers.serverDigest;
    return { ...without(pods.length === 0 ? 'STOPPED' : 'STOPPING'), wasStopped: wasStopped(set), isOutdated };
  }

  const certified = set === undefined ? running !== undefined && isCertifiedPod(running) : isCertified(set);
  const tls = certified ? { tls: dnsNameOf(ref) } : {};
  const address = {
    endpoint: endpointOf(context, ref, service, tls),
    insideAddress: insideAddressOf(service, tls),
    ...(set === undefined ? {} : { askedBy: operationOf(set), ...startedWith(set) }),
  };
  const [pod] = pods;
  if (pod === undefined) {
    if (set === undefined) return without('STOPPING');
    const askedAt = askedAtOf(set);
    const cause = await events.read('StatefulSet', set, askedAt);
    const final = cause !== null && Date.now() - askedAt.getTime() > patienceFor(context.settings, cause);
    const phase = final ? 'FAILED' : 'STARTING';
    return { phase, ...address, detail: cause?.text ?? 'the pod is being made' };
  }
  if (isGoing(pod)) return without('STOPPING');
  if (findCondition(pod.status?.conditions, 'Ready') !== null) {
    if (await isReached(context, pod, service, address.insideAddress)) {
      const detail = address.endpoint === null ? await describeMissingAddress(events, service) : null;
      return { phase: 'READY', ...address, detail };
    }
    const { host = 'the service' } = address.insideAddress ?? {};
    return { phase: 'STARTING', ...address, detail: `it is ready, but ${host} does not lead to it yet` };
  }
  return { ...address, ...(await describeUnready(context, events, ref, pod)) };
}
