import type { PlatformObject } from '../../../../jobs/ports/platform.ts';
import type { KubernetesContext } from '../context.ts';
import { jobOf, OURS, serverOf } from '../labels.ts';
import type { Kind } from './objects.ts';

const SERVER_PARTS: Readonly<Partial<Record<Kind, PlatformObject['kind']>>> = {
  StatefulSet: 'server',
  Service: 'server',
  NetworkPolicy: 'server',
  PersistentVolumeClaim: 'volume',
  Secret: 'secret',
  ConfigMap: 'configuration',
};
const KINDS: readonly Kind[] = [
  'StatefulSet',
  'Service',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Secret',
  'ConfigMap',
  'Job',
];

/**
 * All that carries our mark, asked of the API server anew. A server with what it is reached by is one, and so is a job
 * with its scripts and secrets, whatever is left of them.
 */
export async function listKubernetesObjects({ api, settings }: KubernetesContext): Promise<readonly PlatformObject[]> {
  const found = new Map<string, PlatformObject>();
  for (const namespace of settings.namespaces) {
    for (const kind of KINDS) {
      for (const object of (await api.list(kind, namespace, { labelSelector: OURS })).items) {
        const job = jobOf(object);
        const server = serverOf(object);
        const part = SERVER_PARTS[kind];
        if (job !== null) {
          found.set(`job ${job.id}`, { kind: 'job', namespace, name: job.name, ownerId: job.id });
        } else if (server !== null && part !== undefined) {
          const name = part === 'server' ? server.resourceName : object.metadata.name;
          found.set(`${part} ${namespace}/${name}`, { kind: part, namespace, name, ownerId: server.ownerId });
        }
      }
    }
  }
  return [...found.values()];
}
