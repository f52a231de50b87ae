import type { ServerRef, ServerSecret, ServerSpec } from '../../../../jobs/ports/platform.ts';
import type { Manifest } from '../cluster/objects.ts';
import { fillTemplate } from '../fill-template.ts';
import { serverLabels, serverPodLabels, serverSelector } from '../labels.ts';
import { requireServerImage } from '../offers.ts';
import type { KubernetesSettings, Resources } from '../settings.ts';
import type { Templates } from '../templates.ts';

const AZURE_DNS_LABEL = 'service.beta.kubernetes.io/azure-dns-label-name';
/** What a network of one's own is made of: RFC 1918 and RFC 6598. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** The names of all that belongs to a server. */
export function namesOf({ resourceName }: Pick<ServerRef, 'resourceName'>) {
  return {
    server: resourceName,
    volume: `${resourceName}-pvc`,
    secret: `${resourceName}-secret`,
    configuration: `${resourceName}-config`,
    service: `${resourceName}-svc`,
  };
}

/** Resources as a container has them. */
export function resourcesOf({ cpu, memory }: Resources, ephemeralBytes?: number) {
  const storage = ephemeralBytes === undefined ? {} : { 'ephemeral-storage': String(ephemeralBytes) };
  return {
    requests: { cpu: cpu.request, memory: memory.request, ...storage },
    limits: { cpu: cpu.limit, memory: memory.limit, ...storage },
  };
}

/** The manifests of one server. Pure: the same spec, the same manifests. */
export function createServerManifests(templates: Templates, settings: KubernetesSettings) {
  const { yaml } = templates;
  const base = (spec: ServerSpec) => ({
    namespace: spec.namespace,
    resourceName: spec.resourceName,
    labels: serverLabels(spec),
    selector: serverSelector(spec),
  });

  return {
    volume: (spec: ServerSpec): Manifest<'PersistentVolumeClaim'> => ({
      kind: 'PersistentVolumeClaim',
      namespace: spec.namespace,
      name: namesOf(spec).volume,
      body: fillTemplate(yaml['postgres-pvc'], {
        ...base(spec),
        storageClass: settings.storageClass,
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

    configuration: (spec: ServerSpec): Manifest<'ConfigMap'> => ({
      kind: 'ConfigMap',
      namespace: spec.namespace,
      name: namesOf(spec).configuration,
      body: fillTemplate(yaml['postgres-config'], {
        ...base(spec),
        startScript: templates.startServer,
        stopScript: templates.stopServer,
      }),
    }),

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

    networkPolicy: (spec: ServerSpec): Manifest<'NetworkPolicy'> => {
      const everywhere = ['0.0.0.0/0', '::/0'];
      const { publicSourceRanges } = settings;
      const open = publicSourceRanges.length === 0 ? everywhere : [...PRIVATE_RANGES, ...publicSourceRanges];
      const ranges = spec.exposure === 'PUBLIC' ? open : PRIVATE_RANGES;
      return {
        kind: 'NetworkPolicy',
        namespace: spec.namespace,
        name: namesOf(spec).server,
        body: fillTemplate(yaml['network-policy'], {
          ...base(spec),
          sources: [{ namespaceSelector: {} }, ...ranges.map((cidr) => ({ ipBlock: { cidr } }))],
        }),
      };
    },

    server: (spec: ServerSpec): Manifest<'StatefulSet'> => ({
      kind: 'StatefulSet',
      namespace: spec.namespace,
      name: namesOf(spec).server,
      body: fillTemplate(yaml['postgres-statefulset'], {
        ...base(spec),
        podLabels: serverPodLabels(spec),
        image: requireServerImage(settings, spec),
        imageType: spec.imageType,
        postgresVersion: spec.postgresVersion,
        resources: resourcesOf(settings.serverResources),
        sharedMemory: settings.serverResources.memory.limit,
      }),
    }),
  };
}

export type ServerManifests = ReturnType<typeof createServerManifests>;
