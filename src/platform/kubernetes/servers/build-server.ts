import { createHash } from 'node:crypto';
import type { OwnerConnection, ServerRef, ServerSecret, ServerSpec } from '../../../../jobs/ports/platform/servers.ts';
import type { Parameters } from '../../../../jobs/servers/parameters.ts';
import type { CertifiedKey } from '../../../secrets/certificates/make-certificates.ts';
import type { Manifest } from '../cluster/objects.ts';
import { fillTemplate, type ManifestFields, type TemplateValues } from '../fill-template.ts';
import { serverLabels, serverPodLabels, serverSelector } from '../labels.ts';
import { requireServerImage } from '../offers.ts';
import { type KubernetesSettings, placementOf, pullPolicyOf, type Resources } from '../settings.ts';
import type { Templates } from '../templates.ts';
import { buildEgress } from './egress.ts';
import { placementFor, serverResourcesOf } from './server-hosting.ts';
import { NOTES } from './server-notes.ts';

/** What a cloud makes a DNS name of. */
export const AZURE_DNS_LABEL = 'service.beta.kubernetes.io/azure-dns-label-name';
/** What a network of one's own is made of: RFC 1918 and RFC 6598. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** What tells one template, filled in, from another. */
function digestOf(body: ManifestFields): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
}

/** A line for each, as start-server.sh reads them; their values have one line. `$` means something to Kubernetes. */
function writeParameters(parameters: Parameters): string {
  const lines = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([name, value]) => `${name}=${value}\n`.replaceAll('$', '$$$$')).join('');
}

/** The names of all that belongs to a server. */
export function namesOf({ resourceName }: Pick<ServerRef, 'resourceName'>) {
  return {
    server: resourceName,
    volume: `${resourceName}-pvc`,
    secret: `${resourceName}-secret`,
    certificate: `${resourceName}-tls`,
    // By the name that people gave it, which is nobody else's meanwhile: manifests of programs name it.
    connection: `${resourceName.replace(/-[0-9a-f]{8}$/, '')}-app`,
    configuration: `${resourceName}-config`,
    service: `${resourceName}-svc`,
  };
}

/** Resources as a container has them. */
export function resourcesOf(
  { cpu, memory }: Resources,
  ephemeral?: { readonly request: number; readonly limit: number },
) {
  const storage = (bytes: number | undefined) => (bytes === undefined ? {} : { 'ephemeral-storage': String(bytes) });
  return {
    requests: { cpu: cpu.request, memory: memory.request, ...storage(ephemeral?.request) },
    limits: { cpu: cpu.limit, memory: memory.limit, ...storage(ephemeral?.limit) },
  };
}

function annotated(body: ManifestFields, annotations: Readonly<Record<string, string>>): ManifestFields {
  return { ...body, metadata: { ...(body.metadata as ManifestFields), annotations } };
}

/** The manifests of one server. Pure: the same spec, the same manifests. `certified`: servers have certificates. */
export function createServerManifests(templates: Templates, settings: KubernetesSettings, certified = false) {
  const { yaml } = templates;
  const base = (spec: ServerSpec) => ({
    namespace: spec.namespace,
    resourceName: spec.resourceName,
    labels: serverLabels(spec),
    selector: serverSelector(spec),
  });

  const configurationData = {
    startScript: templates.startServer,
    stopScript: templates.stopServer,
    checkScript: templates.checkServer,
  };
  const buildConfiguration = (values: TemplateValues) =>
    fillTemplate(yaml['postgres-config'], { ...values, ...configurationData });
  const configurationDigest = digestOf(
    buildConfiguration({ namespace: '', resourceName: '', labels: {}, loopback: '' }).data as ManifestFields,
  );

  const { serverResources, images } = settings;
  const serverDigest = digestOf({
    template: yaml['postgres-statefulset'],
    resources: resourcesOf(serverResources),
    images: [images.postgres, images.durable],
    placement: { ...placementOf(settings.placement) },
    certified,
  });

  const buildPolicy = (
    { namespace, resourceName, exposure }: ServerRef & Pick<ServerSpec, 'exposure'>,
    labels: Readonly<Record<string, string>>,
  ): Manifest<'NetworkPolicy'> => {
    const everywhere = ['0.0.0.0/0', '::/0'];
    const { publicSourceRanges } = settings;
    const open = publicSourceRanges.length === 0 ? everywhere : [...PRIVATE_RANGES, ...publicSourceRanges];
    const ranges = exposure === 'PUBLIC' ? open : PRIVATE_RANGES;
    const name = namesOf({ resourceName }).server;
    const body = fillTemplate(yaml['network-policy'], {
      namespace,
      resourceName,
      labels,
      selector: serverSelector({ namespace, resourceName }),
      sources: [{ namespaceSelector: {} }, ...ranges.map((cidr) => ({ ipBlock: { cidr } }))],
      egress: buildEgress(settings.serverEgressRanges),
    });
    const digest = digestOf(body.spec as ManifestFields);
    return { kind: 'NetworkPolicy', namespace, name, body: annotated(body, { [NOTES.template]: digest }) };
  };

  return {
    /** Of the scripts and settings as every server has them. */
    configurationDigest,
    /** Of what every server's pod is made of, beside its own record. */
    serverDigest,

    volume: (spec: ServerSpec): Manifest<'PersistentVolumeClaim'> => ({
      kind: 'PersistentVolumeClaim',
      namespace: spec.namespace,
      name: namesOf(spec).volume,
      body: fillTemplate(yaml['postgres-pvc'], {
        ...base(spec),
        storageClass: spec.storageClass ?? settings.storageClass,
        storageGib: spec.storageGib,
      }),
    }),

    secret: (spec: ServerSpec, secret: ServerSecret): Manifest<'Secret'> => ({
      kind: 'Secret',
      namespace: spec.namespace,
      name: namesOf(spec).secret,
      body: fillTemplate(yaml['postgres-secret'], {
        ...base(spec),
        username: secret.username,
        password: secret.password,
      }),
    }),

    /** `labels`: those of the server. */
    certificate: (
      { namespace, resourceName }: ServerRef,
      labels: Readonly<Record<string, string>>,
      { certificate, key }: Pick<CertifiedKey, 'certificate' | 'key'>,
    ): Manifest<'Secret'> => ({
      kind: 'Secret',
      namespace,
      name: namesOf({ resourceName }).certificate,
      body: fillTemplate(yaml['postgres-certificate'], {
        namespace,
        resourceName,
        labels,
        certificate: Buffer.from(certificate).toString('base64'),
        key: Buffer.from(key).toString('base64'),
      }),
    }),

    connection: (spec: ServerSpec, connection: OwnerConnection): Manifest<'Secret'> => {
      const { connection: name } = namesOf(spec);
      const fields = { ...connection, port: String(connection.port), name, namespace: spec.namespace };
      const body = fillTemplate(yaml['postgres-connection'], { ...fields, labels: serverLabels(spec) });
      return { kind: 'Secret', namespace: spec.namespace, name, body };
    },

    configuration: (spec: ServerSpec): Manifest<'ConfigMap'> => {
      const loopback = spec.imageType === 'PG_DURABLE' ? 'trust' : 'scram-sha-256';
      return {
        kind: 'ConfigMap',
        namespace: spec.namespace,
        name: namesOf(spec).configuration,
        body: annotated(buildConfiguration({ ...base(spec), loopback }), { [NOTES.template]: configurationDigest }),
      };
    },

    service: (spec: ServerSpec): Manifest<'Service'> => {
      const isPublic = spec.exposure === 'PUBLIC';
      const ranges = isPublic && settings.publicSourceRanges.length > 0 ? settings.publicSourceRanges : null;
      return {
        kind: 'Service',
        namespace: spec.namespace,
        name: namesOf(spec).service,
        body: fillTemplate(yaml['postgres-service'], {
          ...base(spec),
          type: isPublic ? 'LoadBalancer' : 'ClusterIP',
          annotations: isPublic && spec.dnsLabel !== null ? { [AZURE_DNS_LABEL]: spec.dnsLabel } : null,
          // Otherwise the node would hide where a client comes from, and source ranges would mean nothing.
          externalTrafficPolicy: isPublic ? 'Local' : null,
          sourceRanges: ranges,
        }),
      };
    },

    networkPolicy: (spec: ServerSpec) => buildPolicy(spec, serverLabels(spec)),
    /** The same beside what there is of a server; `labels` are the server's. */
    policyOf: buildPolicy,

    /** `askedAt`: when the server is asked to run. */
    server: (spec: ServerSpec, askedAt: Date): Manifest<'StatefulSet'> => {
      const image = requireServerImage(settings, spec);
      const resources = serverResourcesOf(settings, spec.hosting.resources);
      const body = fillTemplate(yaml['postgres-statefulset'], {
        ...base(spec),
        ...placementOf(placementFor(settings.placement, spec.hosting)),
        podLabels: serverPodLabels(spec),
        image,
        pullPolicy: pullPolicyOf(image),
        imageType: spec.imageType,
        postgresVersion: spec.postgresVersion,
        resources: resourcesOf(resources),
        sharedMemory: resources.memory.limit,
        tls: certified ? (spec.exposure === 'PUBLIC' ? 'only' : 'on') : 'off',
        tlsIsOptional: !certified,
        parameters: writeParameters(spec.parameters),
      });
      const { template } = body.spec as { template: ManifestFields };
      return {
        kind: 'StatefulSet',
        namespace: spec.namespace,
        name: namesOf(spec).server,
        body: annotated(body, {
          [NOTES.template]: digestOf(template),
          [NOTES.madeOf]: serverDigest,
          [NOTES.askedAt]: askedAt.toISOString(),
          ...(certified ? { [NOTES.certified]: 'true' } : {}),
          [NOTES.parameters]: JSON.stringify(spec.parameters),
          [NOTES.hosting]: JSON.stringify(spec.hosting),
        }),
      };
    },
  };
}

export type ServerManifests = ReturnType<typeof createServerManifests>;
