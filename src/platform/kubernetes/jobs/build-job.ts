import type { JobSpec } from '../../../../jobs/ports/platform.ts';
import type { Manifest } from '../cluster/objects.ts';
import { fillTemplate } from '../fill-template.ts';
import { jobLabels } from '../labels.ts';
import { resourcesOf } from '../servers/build-server.ts';
import { imageFor, type KubernetesSettings } from '../settings.ts';
import type { TemplateName, Templates } from '../templates.ts';

/** The service account of jobs that sign in by workload identity. */
export const JOB_ACCOUNT = 'toygres-jobs';
const CLIENT_ID = 'azure.workload.identity/client-id';
const USE_IDENTITY = 'azure.workload.identity/use';
/** Where the job controller writes on a pod how often its work has failed, and was cut short by the cluster, before. */
export const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const DISRUPTIONS = 'batch.kubernetes.io/job-index-ignored-failure-count';
/** What must be known of a job besides its state, written on it. */
export const NOTES = {
  kind: 'toygres.io/kind',
  deadline: 'toygres.io/deadline-seconds',
} as const;
/** Written on the ConfigMap that stands for the job: how it was when it was cancelled. */
export const CANCELLED = 'toygres.io/cancelled';

const MIB = 1 << 20;

/** The names of all that belongs to a job. */
export function jobNamesOf({ name }: Pick<JobSpec, 'name'>) {
  return { job: name, secret: `${name}-secret`, scripts: `${name}-scripts` };
}

/** A key of a ConfigMap cannot hold a slash. */
function keyOf(path: string): string {
  return path.replaceAll('/', '__');
}

function templateOf({ kind, volume }: JobSpec): TemplateName {
  if (kind === 'preflight') return 'preflight-job';
  return volume === null ? 'backup-job' : 'restore-job';
}

/** A value as the container is to see it: `$(NAME)` and `$$` mean something to Kubernetes. */
function literal(value: string): string {
  return value.replaceAll('$', '$$$$');
}

function environmentOf(spec: JobSpec, usesIdentity: boolean) {
  const annotation = (name: string) => ({ fieldRef: { fieldPath: `metadata.annotations['${name}']` } });
  const identity = usesIdentity ? { AZCOPY_AUTO_LOGIN_TYPE: 'WORKLOAD' } : {};
  const plain = {
    ...spec.parameters,
    ...identity,
    TOYGRES_DEADLINE_SECONDS: String(spec.deadlineSeconds),
    ...(spec.volume === null ? {} : { TOYGRES_VOLUME: '/volume' }),
  };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value: literal(value) })),
    { name: 'TOYGRES_FAILURES', valueFrom: annotation(FAILURES) },
    { name: 'TOYGRES_DISRUPTIONS', valueFrom: annotation(DISRUPTIONS) },
  ];
}

/** A backup works over the network; a restore makes the cluster, and needs all that it is made with. */
function jobImageOf({ kind, imageType, volume }: JobSpec, { images }: KubernetesSettings): string {
  const runsServer = volume !== null || kind === 'preflight';
  return imageType === 'PG_DURABLE' && runsServer ? images.durableJob : images.job;
}

/** The manifests of one job. Pure: the same spec, the same manifests. */
export function createJobManifests(templates: Templates, settings: KubernetesSettings) {
  const clientId = settings.workloadIdentityClientId;
  const base = (spec: JobSpec) => ({ namespace: spec.namespace, name: spec.name, labels: jobLabels(spec) });

  return {
    /** What azcopy signs in as; null when jobs need no identity. */
    account: (namespace: string): Manifest<'ServiceAccount'> | null => {
      if (clientId === null) return null;
      const metadata = { name: JOB_ACCOUNT, namespace, annotations: { [CLIENT_ID]: clientId } };
      const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false };
      return { kind: 'ServiceAccount', namespace, name: JOB_ACCOUNT, body };
    },

    scripts: (spec: JobSpec): Manifest<'ConfigMap'> => ({
      kind: 'ConfigMap',
      namespace: spec.namespace,
      name: jobNamesOf(spec).scripts,
      body: fillTemplate(templates.yaml['job-scripts'], {
        ...base(spec),
        files: Object.fromEntries([...templates.scripts].map(([path, text]) => [keyOf(path), text])),
      }),
    }),

    secret: (spec: JobSpec, ownerUid: string): Manifest<'Secret'> => ({
      kind: 'Secret',
      namespace: spec.namespace,
      name: jobNamesOf(spec).secret,
      body: fillTemplate(templates.yaml['job-secret'], {
        ...base(spec),
        ownerUid,
        secrets: Object.fromEntries(
          Object.entries(spec.secrets).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
        ),
      }),
    }),

    job: (spec: JobSpec, suspend: boolean): Manifest<'Job'> => {
      const scratchBytes = Math.ceil(spec.scratchBytes) + 16 * MIB;
      const usesIdentity = clientId !== null && spec.secrets.sas === undefined;
      return {
        kind: 'Job',
        namespace: spec.namespace,
        name: spec.name,
        body: fillTemplate(templates.yaml[templateOf(spec)], {
          ...base(spec),
          annotations: { [NOTES.kind]: spec.kind, [NOTES.deadline]: String(spec.deadlineSeconds) },
          podLabels: usesIdentity ? { ...jobLabels(spec), [USE_IDENTITY]: 'true' } : jobLabels(spec),
          suspend,
          retries: spec.attempts - 1,
          activeDeadlineSeconds: Math.ceil(spec.deadlineSeconds + settings.startPatienceMs / 1000),
          serviceAccount: usesIdentity ? JOB_ACCOUNT : null,
          image: imageFor(jobImageOf(spec, settings), spec.postgresVersion),
          script: spec.kind,
          environment: environmentOf(spec, usesIdentity),
          // Above the scratch space: the log, and what else the container writes.
          resources: resourcesOf(settings.jobResources, scratchBytes + 64 * MIB),
          scratchBytes: String(scratchBytes),
          scriptItems: [...templates.scripts.keys()].map((path) => ({ key: keyOf(path), path })),
          volumeName: spec.volume?.resourceName ?? '',
        }),
      };
    },
  };
}

export type JobManifests = ReturnType<typeof createJobManifests>;
