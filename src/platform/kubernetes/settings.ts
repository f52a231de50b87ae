import { namesRegistry } from '../../config/container-images.ts';
import type { Placement } from '../../config/placement.ts';
import type { HostingChoices } from '../../config/placement-variables.ts';
import type { ManifestFields } from './fill-template.ts';

/** What a container is given at least and at most, in the notation of Kubernetes. */
export interface Resources {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
}

/** What an operator chooses for this platform. */
export interface KubernetesSettings {
  /** The default first. */
  readonly namespaces: readonly string[];
  readonly images: {
    /** `{version}` stands for the major version of PostgreSQL; or one for each, `15=...,17=...`. */
    readonly postgres: string;
    /** Null: PG_DURABLE is refused. */
    readonly durable: string | null;
    readonly job: string;
    /** Of jobs that run a server with pg_durable: what restores one has the extension, too. */
    readonly durableJob: string;
  };
  /** The major versions that there are images of, of servers and of jobs; null: all that are known. */
  readonly versions: readonly string[] | null;
  /** What jobs' images must be of; null: anything. */
  readonly release: string | null;
  /** Null: the cluster's default. */
  readonly storageClass: string | null;
  /** Null: jobs reach the blob store with a signature. */
  readonly workloadIdentityClientId: string | null;
  /** Jobs that run at once, over all namespaces. */
  readonly jobConcurrency: number;
  readonly serverResources: Resources;
  readonly jobResources: Resources;
  /** From where load balancers may be reached; empty: from everywhere. */
  readonly publicSourceRanges: readonly string[];
  /** Of the pods of servers and jobs. */
  readonly placement: Placement;
  /** What the input of an instance may ask for. */
  readonly choices: HostingChoices;
  /** Whom servers may reach by themselves, as foreign servers or publishers; empty: nobody. */
  readonly serverEgressRanges: readonly string[];
  /** What stands behind a DNS label, `westeurope.cloudapp.azure.com`; null: load balancers are reached by their address. */
  readonly dnsSuffix: string | null;
  /** How long a pod may wait for room, an image or a volume before that is a failure. */
  readonly startPatienceMs: number;
}

export const DEFAULT_SERVER_RESOURCES: Resources = {
  cpu: { request: '100m', limit: '2' },
  memory: { request: '256Mi', limit: '1Gi' },
};
export const DEFAULT_JOB_RESOURCES: Resources = {
  cpu: { request: '100m', limit: '2' },
  memory: { request: '256Mi', limit: '2Gi' },
};

/** Of what moves files for a job, beside it. */
export const MOVER_RESOURCES: Resources = {
  cpu: { request: '50m', limit: '2' },
  memory: { request: '128Mi', limit: '1Gi' },
};

/** Whether a node may pull it: from a registry that its name says, never from one that somebody else has chosen. */
export function pullPolicyOf(image: string): 'IfNotPresent' | 'Never' {
  return namesRegistry(image) ? 'IfNotPresent' : 'Never';
}

/** Where a pod may run, as its manifest has it; what nobody chose is left out. */
export function placementOf({ nodeSelector, tolerations, priorityClass }: Placement): {
  readonly nodeSelector: ManifestFields | null;
  readonly tolerations: readonly ManifestFields[] | null;
  readonly priorityClass: string | null;
} {
  const tolerationOf = ({ key, value, effect }: Placement['tolerations'][number]): ManifestFields => ({
    key,
    ...(value === null ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect === null ? {} : { effect }),
  });
  return {
    nodeSelector: Object.keys(nodeSelector).length === 0 ? null : nodeSelector,
    tolerations: tolerations.length === 0 ? null : tolerations.map(tolerationOf),
    priorityClass,
  };
}
