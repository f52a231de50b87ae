import type { JobRef, JobSpec } from '../../../jobs/ports/platform/jobs.ts';
import type { ServerRef, ServerSpec } from '../../../jobs/ports/platform/servers.ts';
import type { KubeObject } from './cluster/objects.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
/** Finds all that is ours in a namespace, and nothing else. */
export const OURS = `${MANAGED_BY}=toygres`;

const LABELS = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  component: 'app.kubernetes.io/component',
  version: 'app.kubernetes.io/version',
  partOf: 'app.kubernetes.io/part-of',
  ownInstance: 'toygres.io/instance',
  image: 'toygres.io/image',
  operation: 'toygres.io/operation',
  job: 'toygres.io/job',
} as const;

type Labels = Readonly<Record<string, string>>;

/** What finds the pod of a server. A selector never changes, so it holds what names the server and no more. */
export function serverSelector({ resourceName }: ServerRef): Labels {
  return { [MANAGED_BY]: 'toygres', [LABELS.instance]: resourceName, [LABELS.component]: 'server' };
}

/** The labels of a server's pod: none that changes from operation to operation, for that would restart it. */
export function serverPodLabels(spec: ServerSpec): Labels {
  return {
    ...serverSelector(spec),
    [LABELS.name]: 'postgresql',
    [LABELS.partOf]: 'toygres',
    [LABELS.version]: spec.postgresVersion,
    [LABELS.ownInstance]: spec.instanceId,
  };
}

/** The labels of all that belongs to a server. */
export function serverLabels(spec: ServerSpec): Labels {
  return { ...serverPodLabels(spec), [LABELS.operation]: spec.operationId };
}

/** The labels of a job, its pods and all that belongs to it. */
export function jobLabels(spec: JobSpec): Labels {
  return {
    [MANAGED_BY]: 'toygres',
    [LABELS.name]: 'toygres-job',
    [LABELS.partOf]: 'toygres',
    [LABELS.instance]: spec.name,
    [LABELS.component]: spec.kind,
    [LABELS.version]: spec.postgresVersion,
    [LABELS.job]: spec.id,
    [LABELS.operation]: spec.operationId,
    ...(spec.instanceId === null ? {} : { [LABELS.ownInstance]: spec.instanceId }),
    ...(spec.imageId === null ? {} : { [LABELS.image]: spec.imageId }),
  };
}

/** Whether a label is what a cluster gives a pod by itself. */
export function isGivenToPods(label: string): boolean {
  return label === 'controller-revision-hash' || /^(statefulset\.kubernetes\.io|apps\.kubernetes\.io)\//.test(label);
}

/** The server an object belongs to, null when it is no server's. */
export function serverOf({
  metadata,
}: KubeObject): { readonly resourceName: string; readonly ownerId: string | null } | null {
  const { labels = {} } = metadata;
  const resourceName = labels[LABELS.instance];
  if (labels[LABELS.component] !== 'server' || resourceName === undefined) return null;
  return { resourceName, ownerId: labels[LABELS.ownInstance] ?? null };
}

/** The operation that made it so, or asked for it last. */
export function operationOf({ metadata }: KubeObject): string | null {
  return metadata.labels?.[LABELS.operation] ?? null;
}

/** The job an object belongs to, null when it is no job's. */
export function jobOf({ metadata }: KubeObject): Pick<JobRef, 'id' | 'name'> | null {
  const { labels = {} } = metadata;
  const [id, name] = [labels[LABELS.job], labels[LABELS.instance]];
  return id === undefined || name === undefined ? null : { id, name };
}
