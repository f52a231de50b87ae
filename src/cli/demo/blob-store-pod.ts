import type { V1Deployment, V1Secret, V1Service } from '@kubernetes/client-node';

const NAME = 'blob-store';
const IMAGE = 'mcr.microsoft.com/azure-storage/azurite:3.37.0';
const ACCOUNT = 'toygres';
const PORT = 10_000;
const LABELS = { app: NAME };

/** Wherever the image has it. What the storage client speaks may be newer than what Azurite has been told of. */
const RUN = `program=$(command -v azurite || find /opt /usr -path '*/dist/src/azurite.js' 2>/dev/null | head -n 1)
exec node "$program" --blobHost 0.0.0.0 --location /data --skipApiVersionCheck --disableTelemetry --silent`;

export interface BlobStoreManifests {
  readonly secret: V1Secret;
  readonly deployment: V1Deployment;
  readonly service: V1Service;
}

/** A blob store with this key, as a pod that the restricted Pod Security level lets in. Its data ends with the pod. */
export function buildBlobStore(key: string): BlobStoreManifests {
  const pod = {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: NAME,
        image: IMAGE,
        command: ['sh', '-c', RUN],
        env: [{ name: 'AZURITE_ACCOUNTS', valueFrom: { secretKeyRef: { name: NAME, key: 'accounts' } } }],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
        readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', emptyDir: {} }],
  };
  return {
    secret: { metadata: { name: NAME }, stringData: { accounts: `${ACCOUNT}:${key}` } },
    deployment: {
      metadata: { name: NAME },
      spec: { selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec: pod } },
    },
    service: { metadata: { name: NAME }, spec: { selector: LABELS, ports: [{ port: PORT }] } },
  };
}

/** How the store behind this address is reached, from the cluster and from whoever reaches its services. */
export function connectionStringOf(host: string, key: string): string {
  const endpoint = `http://${host}:${PORT}/${ACCOUNT}`;
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${endpoint};`;
}
