import { knock } from '../../src/platform/kubernetes/cluster/knock.ts';
import type { TestNamespace } from './cluster.ts';
import { eventually } from './eventually.ts';

const IMAGE = process.env.TOYGRES_TEST_AZURITE_IMAGE ?? 'mcr.microsoft.com/azure-storage/azurite:3.37.0';
/** The emulator's well-known account; its key is public and no secret. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Runs a blob store in the namespace and gives its connection string, which holds inside the cluster and outside. */
export async function startClusterAzurite({ name, ask }: TestNamespace): Promise<string> {
  const labels = { app: 'azurite' };
  const pod = {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'azurite',
        image: IMAGE,
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', emptyDir: {} }],
  };
  await ask('POST', `/apis/apps/v1/namespaces/${name}/deployments`, {
    metadata: { name: 'azurite' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
  });
  const made = await ask('POST', `/api/v1/namespaces/${name}/services`, {
    metadata: { name: 'azurite' },
    spec: { selector: labels, ports: [{ port: 10_000 }] },
  });
  const { clusterIP } = (made.body as { spec: { clusterIP: string } }).spec;
  await eventually(
    () => knock({ host: clusterIP, port: 10_000 }),
    (answers) => answers,
    120_000,
  );
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=http://${clusterIP}:10000/${ACCOUNT};`;
}
