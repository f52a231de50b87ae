import type { ManifestFields } from '../fill-template.ts';

/** What every object of the API server has, as far as we look at it. Times are RFC 3339 in UTC. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  /** Who must let it go before its end. */
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubeObject {
  readonly metadata: ObjectMeta;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly signal?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  /** Whether its startup probe has passed once. */
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly env?: readonly { readonly name: string; readonly value?: string }[] }[];
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface Job extends KubeObject {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface StatefulSet extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

export interface Service extends KubeObject {
  readonly spec: { readonly type?: string; readonly clusterIP?: string };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: { readonly storage?: string };
    readonly allocatedResourceStatuses?: { readonly storage?: string };
    readonly conditions?: readonly Condition[];
  };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Values in base64. */
export interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface KubeEvent extends KubeObject {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** The kinds that we work with, and what of them we read. */
export interface Kinds {
  readonly Pod: Pod;
  readonly Job: Job;
  readonly StatefulSet: StatefulSet;
  readonly Service: Service;
  readonly PersistentVolumeClaim: PersistentVolumeClaim;
  readonly Secret: Secret;
  readonly ConfigMap: ConfigMap;
  readonly NetworkPolicy: KubeObject;
  readonly ServiceAccount: KubeObject;
  readonly Event: KubeEvent;
}
export type Kind = keyof Kinds;

const PATHS: Readonly<Record<Kind, readonly [group: string, plural: string]>> = {
  Pod: ['api/v1', 'pods'],
  Job: ['apis/batch/v1', 'jobs'],
  StatefulSet: ['apis/apps/v1', 'statefulsets'],
  Service: ['api/v1', 'services'],
  PersistentVolumeClaim: ['api/v1', 'persistentvolumeclaims'],
  Secret: ['api/v1', 'secrets'],
  ConfigMap: ['api/v1', 'configmaps'],
  NetworkPolicy: ['apis/networking.k8s.io/v1', 'networkpolicies'],
  ServiceAccount: ['api/v1', 'serviceaccounts'],
  Event: ['api/v1', 'events'],
};

/** Where the API server has the objects of a kind in a namespace. */
export function pathOf(kind: Kind, namespace: string): string {
  const [group, plural] = PATHS[kind];
  return `/${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** A manifest as it is sent: what `fillTemplate` gave, of a kind that we know. */
export interface Manifest<K extends Kind = Kind> {
  readonly kind: K;
  readonly namespace: string;
  readonly name: string;
  readonly body: ManifestFields;
}

/** Whether somebody has asked for its end already: it still exists, but must not be counted on. */
export function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** What keeps an object that was asked to end, as the rest of a sentence; empty where nothing is known of that. */
export function describeHeld({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): string {
  if (deletionTimestamp === undefined) return '';
  const held = finalizers.length === 0 ? '' : `, held by ${finalizers.join(', ')}`;
  return ` (asked to end at ${deletionTimestamp}${held})`;
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | null {
  return conditions?.find((condition) => condition.type === type && condition.status === 'True') ?? null;
}
