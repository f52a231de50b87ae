import { setTimeout as delay } from 'node:timers/promises';
import type { TestNamespace } from './cluster.ts';

const PLURALS = [
  '/api/v1 pods services persistentvolumeclaims secrets configmaps serviceaccounts resourcequotas limitranges',
  '/apis/apps/v1 statefulsets deployments replicasets controllerrevisions',
  '/apis/batch/v1 jobs cronjobs',
  '/apis/policy/v1 poddisruptionbudgets',
  '/apis/networking.k8s.io/v1 networkpolicies ingresses',
  '/apis/rbac.authorization.k8s.io/v1 roles rolebindings',
];

export interface ClusterObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

/** All objects of a kind, named by its plural, such as `/api/v1 pods`. */
export async function listOf(
  namespace: TestNamespace,
  group: string,
  plural: string,
): Promise<readonly ClusterObject[]> {
  const { body } = await namespace.ask('GET', `${group}/namespaces/${namespace.name}/${plural}`);
  return (body as { items: ClusterObject[] }).items;
}

/** Everything in the namespace that somebody can make there, as `kind/name`; endpoints follow services, as late as the cluster likes. */
export async function listEverything(namespace: TestNamespace): Promise<readonly string[]> {
  const found: string[] = [];
  for (const line of PLURALS) {
    const [group = '', ...plurals] = line.split(' ');
    for (const plural of plurals) {
      for (const { metadata } of await listOf(namespace, group, plural)) found.push(`${plural}/${metadata.name}`);
    }
  }
  return found.sort();
}

/** The pods of the server or job that an object of the cluster was made for. */
export async function podsOf(namespace: TestNamespace, label: string): Promise<readonly ClusterObject[]> {
  const query = `labelSelector=${encodeURIComponent(label)}`;
  const { body } = await namespace.ask('GET', `/api/v1/namespaces/${namespace.name}/pods?${query}`);
  return (body as { items: ClusterObject[] }).items;
}

/**
 * Ends a pod with hardly a goodbye. Not by force: then the cluster would start the next one while this one still runs, on
 * the same volume.
 */
export async function killPod(namespace: TestNamespace, name: string): Promise<void> {
  await namespace.ask('DELETE', `/api/v1/namespaces/${namespace.name}/pods/${name}`, { gracePeriodSeconds: 1 });
}

/** Evicts a pod as a drain does, which is refused for as long as a budget says so. */
export async function evictPod(namespace: TestNamespace, name: string): Promise<void> {
  const target = `/api/v1/namespaces/${namespace.name}/pods/${name}/eviction`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: namespace.name } };
  for (const deadline = Date.now() + 60_000; ; await delay(500)) {
    const { status } = await namespace.ask('POST', target, body);
    if (status < 300) return;
    if (status !== 429 || Date.now() > deadline) throw new Error(`the eviction of ${name} was answered with ${status}`);
  }
}

/** Lets a node take no new pods, or take them again. */
export async function setCordon(namespace: TestNamespace, node: string, cordoned: boolean): Promise<void> {
  await namespace.ask('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable: cordoned } });
}
