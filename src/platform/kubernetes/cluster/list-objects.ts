import type { PlatformObject } from '../../../../jobs/ports/platform/platform.ts';
import type { KubernetesContext } from '../context.ts';
import { jobOf, OURS, serverOf } from '../labels.ts';
import { namesOf } from '../servers/build-server.ts';
import { madeOf, templateOf } from '../servers/server-notes.ts';
import { isGoing, type Kind, type KubeObject, type StatefulSet } from './objects.ts';

const SERVER_PARTS: Readonly<Partial<Record<Kind, PlatformObject['kind']>>> = {
  StatefulSet: 'server',
  Service: 'server',
  NetworkPolicy: 'server',
  PersistentVolumeClaim: 'volume',
  Secret: 'secret',
  ConfigMap: 'configuration',
};
/** What is listed of a namespace. */
export const LISTED: readonly Kind[] = [
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
export async function listKubernetesObjects(
  context: KubernetesContext,
  namespaces: readonly string[],
): Promise<readonly PlatformObject[]> {
  const { api } = context;
  const found = new Map<string, PlatformObject>();
  for (const namespace of namespaces) {
    for (const kind of LISTED) {
      for (const object of (await api.list(kind, namespace, { labelSelector: OURS })).items) {
        const job = jobOf(object);
        const server = serverOf(object);
        const part = SERVER_PARTS[kind];
        if (job !== null) {
          found.set(`job ${job.id}`, { kind: 'job', namespace, name: job.name, ownerId: job.id });
        } else if (server !== null && part !== undefined) {
          const { resourceName, ownerId } = server;
          const name = nameOfPart(part, resourceName, object);
          const key = `${part} ${namespace}/${name}`;
          const before = found.get(key);
          const isBeside =
            part === 'server' ? kind !== 'StatefulSet' : kind === 'Secret' && object.metadata.name !== name;
          // What goes with a part says something only where that is not there.
          if (isBeside && before !== undefined) continue;
          const { isRemnant: _, ...kept } = before ?? {};
          found.set(key, {
            ...kept,
            ...(isBeside ? { isRemnant: true } : {}),
            kind: part,
            namespace,
            name,
            ownerId,
            ...describePart(context, kind, object),
          });
        }
      }
    }
  }
  return [...found.values()];
}

/** A server with what it is reached by is one, and so is its secret with what goes with that: a certificate, a connection. */
function nameOfPart(part: PlatformObject['kind'], resourceName: string, { metadata }: KubeObject): string {
  if (part === 'server') return resourceName;
  return part === 'secret' ? namesOf({ resourceName }).secret : metadata.name;
}

/** What is told of a part besides whose it is. */
function describePart(
  { servers }: KubernetesContext,
  kind: Kind,
  object: KubeObject,
): Pick<PlatformObject, 'isAsked' | 'outdated' | 'isGoing'> {
  if (kind === 'PersistentVolumeClaim') return isGoing(object) ? { isGoing: true } : {};
  if (kind === 'ConfigMap' && templateOf(object) !== servers.configurationDigest) {
    return { outdated: 'its scripts and its pg_hba.conf differ' };
  }
  if (kind !== 'StatefulSet') return {};
  const isAsked = (object as StatefulSet).spec.replicas !== 0;
  if (madeOf(object) === servers.serverDigest) return { isAsked };
  return { isAsked, outdated: 'its image, resources or pod differ' };
}
