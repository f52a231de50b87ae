import type { Address, ServerRef, ServerStatus } from '../../../../jobs/ports/platform.ts';
import { parseServerLogLine } from '../../../postgres-programs/server-log.ts';
import { type Cause, type Events, readPodCause } from '../causes.ts';
import { knock } from '../cluster/knock.ts';
import { findCondition, isGoing, type Pod, type Service } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { serverOf } from '../labels.ts';
import { namesOf } from './build-server.ts';
import { followPodLog } from './pod-logs.ts';

const PORT = 5432;
/** A cause that waiting does not cure may still pass within this: a secret that comes late, a registry that hiccups. */
const HOPELESS_MS = 60_000;
/** A server that has ended so often does not come up by itself. */
const RESTARTS = 3;
const SEVERITY = /^(?:\[\d+\] )?(?:PANIC|FATAL|ERROR): +/;

/** The pods of a server, also one that is on its way out. */
export async function listServerPods({ known }: KubernetesContext, ref: ServerRef): Promise<readonly Pod[]> {
  const pods = await known.of('Pod', ref.namespace).read();
  return [...pods.values()].filter((pod) => serverOf(pod)?.resourceName === ref.resourceName);
}

/** The name of a service inside the cluster. */
export function dnsNameOf(ref: ServerRef): string {
  return `${namesOf(ref).service}.${ref.namespace}.svc.cluster.local`;
}

function insideAddressOf(service: Service | undefined): Address | null {
  const { clusterIP } = service?.spec ?? {};
  return clusterIP && clusterIP !== 'None' ? { host: clusterIP, port: PORT } : null;
}

function endpointOf(
  { settings }: KubernetesContext,
  ref: ServerRef,
  service: Service | undefined,
): ServerStatus['endpoint'] {
  if (service === undefined) return null;
  if (service.spec.type !== 'LoadBalancer') {
    const host = dnsNameOf(ref);
    return { host, port: PORT, dnsName: host };
  }
  const [ingress] = service.status?.loadBalancer?.ingress ?? [];
  const address = ingress?.ip ?? ingress?.hostname;
  if (address === undefined) return null;
  const label = service.metadata.annotations?.['service.beta.kubernetes.io/azure-dns-label-name'];
  const dnsName = label !== undefined && settings.dnsSuffix !== null ? `${label}.${settings.dnsSuffix}` : null;
  return { host: dnsName ?? address, port: PORT, dnsName: dnsName ?? ingress?.hostname ?? null };
}

/** What the server said last before it ended: its last error, else its last line. */
async function readLastWords({ api }: KubernetesContext, pod: Pod, previous: boolean): Promise<string | null> {
  const { namespace = '', name } = pod.metadata;
  const lines: string[] = [];
  const signal = AbortSignal.timeout(5_000);
  const isOver = async () => true;
  const options = {
    namespace,
    pod: name,
    container: 'postgres',
    previous,
    tailLines: 50,
    follow: false,
    signal,
    isOver,
  };
  try {
    for await (const { text } of followPodLog(api, options)) lines.push(parseServerLogLine(text).text);
  } catch {
    return null;
  }
  const cause = lines.findLast((line) => SEVERITY.test(line)) ?? lines.findLast((line) => line.trim() !== '');
  return cause === undefined ? null : cause.replace(SEVERITY, '').replace(/^\[\d+\] (?:[A-Z]+\d?: +)?/, '');
}

function ageMs({ metadata }: Pod): number {
  return Date.now() - new Date(metadata.creationTimestamp ?? Date.now()).getTime();
}

async function findCause(context: KubernetesContext, events: Events, ref: ServerRef, pod: Pod): Promise<Cause | null> {
  const own = readPodCause(pod);
  const claims = await context.known.of('PersistentVolumeClaim', ref.namespace).read();
  const claim = claims.get(namesOf(ref).volume);
  if (own !== null && !/PersistentVolumeClaim|no place/.test(own.text)) return own;
  if (claim !== undefined && claim.status?.phase !== 'Bound') {
    const ofVolume = await events.read('PersistentVolumeClaim', claim);
    if (ofVolume !== null) return { ...ofVolume, text: `The volume cannot be made. ${ofVolume.text}` };
  }
  return own ?? (ageMs(pod) > 5_000 ? events.read('Pod', pod) : null);
}

async function describeUnready(
  context: KubernetesContext,
  events: Events,
  ref: ServerRef,
  pod: Pod,
): Promise<Pick<ServerStatus, 'phase' | 'detail'>> {
  const container = pod.status?.containerStatuses?.[0];
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  const cause = await findCause(context, events, ref, pod);
  if (ended !== undefined && container !== undefined && cause === null) {
    const words = await readLastWords(
      context,
      pod,
      container.state?.terminated === undefined && container.restartCount > 0,
    );
    const detail = `The server process has ended with status ${ended.exitCode}${words === null ? '' : `: ${words}`}`;
    // 78: what start-server.sh says when no restart can help.
    const final = container.restartCount >= RESTARTS || ended.exitCode === 78;
    return { phase: final ? 'FAILED' : 'STARTING', detail };
  }
  if (cause === null) {
    if (container?.state?.running !== undefined)
      return { phase: 'STARTING', detail: 'the server has just been started' };
    return { phase: 'STARTING', detail: 'the container is being made' };
  }
  const patience = cause.hopeless
    ? Math.min(HOPELESS_MS, context.settings.startPatienceMs)
    : context.settings.startPatienceMs;
  const final = ageMs(pod) > patience || (container?.restartCount ?? 0) >= RESTARTS;
  return { phase: final ? 'FAILED' : 'STARTING', detail: cause.text };
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
  if (service === undefined) return 'its service was removed from outside: restart the instance';
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
  if (set === undefined || isGoing(set)) return without('STOPPING');
  if (set.spec.replicas === 0) return without(pods.length === 0 ? 'STOPPED' : 'STOPPING');

  const address = { endpoint: endpointOf(context, ref, service), insideAddress: insideAddressOf(service) };
  const [pod] = pods;
  if (pod === undefined) {
    const cause = await events.read('StatefulSet', set);
    const late = Date.now() - new Date(set.metadata.creationTimestamp ?? Date.now()).getTime() > HOPELESS_MS;
    const phase = cause?.hopeless && late ? 'FAILED' : 'STARTING';
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
