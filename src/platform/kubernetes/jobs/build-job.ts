import { MOVER_SECRETS } from '../../../../jobs/ports/mover-secrets.ts';
import type { JobSpec } from '../../../../jobs/ports/platform/jobs.ts';
import { AppError } from '../../../../schema/errors.ts';
import { imageFor } from '../../../config/container-images.ts';
import type { Manifest } from '../cluster/objects.ts';
import { fillTemplate, type ManifestFields } from '../fill-template.ts';
import { jobLabels } from '../labels.ts';
import { resourcesOf } from '../servers/build-server.ts';
import { placementFor } from '../servers/server-hosting.ts';
import { type KubernetesSettings, MOVER_RESOURCES, placementOf, pullPolicyOf } from '../settings.ts';
import type { TemplateName, Templates } from '../templates.ts';

/** The container of the program. */
export const JOB_CONTAINER = 'job';
/** The service account of jobs that sign in by workload identity. */
export const JOB_ACCOUNT = 'toygres-jobs';
const CLIENT_ID = 'azure.workload.identity/client-id';
const USE_IDENTITY = 'azure.workload.identity/use';
/** Containers that the webhook gives no token. */
const SKIP_CONTAINERS = 'azure.workload.identity/skip-containers';
const RUNNER = ['node', '--max-semi-space-size=1', '/opt/toygres/runner/main.mjs'];
/** Where the containers of a mover find what the pod has for it. */
const MOVER_PLACES = {
  TOYGRES_SECRETS_DIR: '/grant',
  TOYGRES_SCRATCH_DIR: '/mover',
  TOYGRES_EXCHANGE_DIR: '/exchange',
  TOYGRES_RECEIVED_DIR: '/received/f',
  TOYGRES_MOVER_SOCKET: '/received/s',
};
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

function listVariables(plain: Readonly<Record<string, string>>) {
  return Object.entries(plain).map(([name, value]) => ({ name, value: literal(value) }));
}

/** What azcopy signs in as. */
const IDENTITY = { AZCOPY_AUTO_LOGIN_TYPE: 'WORKLOAD' };

/** Above what is told to the job: what a file system takes for itself, and what the job notes of itself. */
const SCRATCH_MARGIN = 16 * MIB;

/** Bytes that the job may take of scratch space: over them the cluster ends its pod. */
function scratchAtMostOf({ scratchBytes, scratchAtMostBytes = 0 }: JobSpec): number {
  return Math.ceil(Math.max(scratchBytes, scratchAtMostBytes));
}

function environmentOf(spec: JobSpec, release: string | null, more: Readonly<Record<string, string>>) {
  const annotation = (name: string) => ({ fieldRef: { fieldPath: `metadata.annotations['${name}']` } });
  const plain = {
    ...spec.parameters,
    ...more,
    TOYGRES_DEADLINE_SECONDS: String(spec.deadlineSeconds),
    TOYGRES_SCRATCH_BYTES: String(scratchAtMostOf(spec)),
    ...(release === null ? {} : { TOYGRES_RELEASE: release }),
    ...(spec.volume === null ? {} : { TOYGRES_VOLUME: '/volume' }),
  };
  return [
    ...listVariables(plain),
    { name: 'TOYGRES_FAILURES', valueFrom: annotation(FAILURES) },
    { name: 'TOYGRES_DISRUPTIONS', valueFrom: annotation(DISRUPTIONS) },
  ];
}

function moverEnvironmentOf(spec: JobSpec, usesIdentity: boolean) {
  return listVariables({
    ...MOVER_PLACES,
    TOYGRES_SCRATCH_BYTES: String(scratchAtMostOf(spec)),
    TOYGRES_IMAGE_URL: spec.parameters.TOYGRES_IMAGE_URL ?? '',
    ...(usesIdentity ? IDENTITY : {}),
  });
}

/** A list of none would stand for all of them: one that need not be there stands in it always. */
function itemsOf(names: readonly string[]) {
  return [...new Set(['password', ...names])].map((name) => ({ key: name, path: name }));
}

/** A backup works over the network; a restore makes the cluster, and needs all that it is made with. */
function jobImageOf(spec: JobSpec, { images }: KubernetesSettings): string {
  const { kind, imageType, volume, postgresVersion } = spec;
  const runsServer = volume !== null || kind === 'preflight';
  const image = imageFor(imageType === 'PG_DURABLE' && runsServer ? images.durableJob : images.job, postgresVersion);
  if (image !== null) return image;
  const message = `TOYGRES_JOB_IMAGE has no image for PostgreSQL ${postgresVersion}: add one, ${postgresVersion}=IMAGE.`;
  throw new AppError('INVALID_INPUT', message);
}

function withoutMover(isWithout: boolean, manifest: Manifest<'Job'>): Manifest<'Job'> {
  if (!isWithout) return manifest;
  const { spec, ...body } = manifest.body as {
    spec: { template: { spec: ManifestFields } & ManifestFields } & ManifestFields;
  };
  const { initContainers: _, ...pod } = spec.template.spec;
  return { ...manifest, body: { ...body, spec: { ...spec, template: { ...spec.template, spec: pod } } } };
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
      const needed = Math.ceil(spec.scratchBytes) + SCRATCH_MARGIN;
      const atMost = scratchAtMostOf(spec) + SCRATCH_MARGIN;
      const usesIdentity = clientId !== null && spec.secrets.sas === undefined;
      const program = spec.program ?? spec.kind;
      const script = `scripts/${program}.sh`;
      // A script moves its files itself.
      const hasMover = !templates.scripts.has(script);
      const names = Object.keys(spec.secrets).filter((name) => !hasMover || !MOVER_SECRETS.includes(name));
      const { release } = settings;
      const image = jobImageOf(spec, settings);
      return withoutMover(!hasMover, {
        kind: 'Job',
        namespace: spec.namespace,
        name: spec.name,
        body: fillTemplate(templates.yaml[templateOf(spec)], {
          ...base(spec),
          annotations: { [NOTES.kind]: spec.kind, [NOTES.deadline]: String(spec.deadlineSeconds) },
          ...placementOf(placementFor(settings.placement, spec.hosting)),
          podAnnotations: usesIdentity && hasMover ? { [SKIP_CONTAINERS]: JOB_CONTAINER } : null,
          podLabels: usesIdentity ? { ...jobLabels(spec), [USE_IDENTITY]: 'true' } : jobLabels(spec),
          suspend,
          retries: spec.attempts - 1,
          activeDeadlineSeconds: Math.ceil(spec.deadlineSeconds + settings.startPatienceMs / 1000),
          serviceAccount: usesIdentity ? JOB_ACCOUNT : null,
          image,
          pullPolicy: pullPolicyOf(image),
          command: [...RUNNER, 'pod', program, ...(hasMover ? [] : [`/toygres/${script}`])],
          environment: environmentOf(spec, release, usesIdentity && !hasMover ? IDENTITY : {}),
          moverEnvironment: moverEnvironmentOf(spec, usesIdentity),
          moverResources: resourcesOf(MOVER_RESOURCES, { request: 2 * needed, limit: 2 * atMost }),
          secretItems: itemsOf(names),
          // Above the scratch space: the log, and what else the container writes.
          resources: resourcesOf(settings.jobResources, { request: needed + 64 * MIB, limit: atMost + 64 * MIB }),
          scratchBytes: String(atMost),
          scriptItems: [...templates.scripts.keys()].map((path) => ({ key: keyOf(path), path })),
          volumeName: spec.volume?.resourceName ?? '',
        }),
      });
    },
  };
}

export type JobManifests = ReturnType<typeof createJobManifests>;
