import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { ApiException, AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { buildBlobStore, connectionStringOf } from './blob-store-pod.ts';
import type { DemoGround } from './ground.ts';

const LABELS = { 'app.kubernetes.io/part-of': 'toygres', 'pod-security.kubernetes.io/enforce': 'restricted' };
const START_MS = 300_000;
const REMOVE_MS = 300_000;

/** What the server is to use of this shell's settings: those that name a blob store and what a cluster may need. */
const KEPT =
  /^(AZURE_.*|TOYGRES_(POSTGRES_IMAGE|JOB_IMAGE|STORAGE_CLASS|SERVER_RESOURCES|JOB_RESOURCES|START_PATIENCE_SECONDS))$/;

interface Cluster {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly server: string;
}

function openCluster(): Cluster {
  const config = new KubeConfig();
  config.loadFromDefault();
  return {
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    server: config.getCurrentCluster()?.server ?? 'no cluster',
  };
}

const isAbsent = (error: unknown) => error instanceof ApiException && error.code === 404;

/** In one line: what the client throws holds the whole answer with its headers. */
function explain(cluster: Cluster, error: unknown): Error {
  if (error instanceof ApiException) {
    const { message } = (typeof error.body === 'string' ? parse(error.body) : error.body) as { message?: string };
    return new Error(`The cluster ${cluster.server} refuses (${error.code}): ${message ?? 'without a reason'}`);
  }
  const { cause } = error as { cause?: { code?: string } };
  const code = cause?.code ?? (error as { code?: string }).code;
  if (code === undefined) return error as Error;
  return new Error(`The cluster ${cluster.server} does not answer (${code}): check KUBECONFIG.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function until(what: string, timeoutMs: number, signal: AbortSignal | null, look: () => Promise<boolean>) {
  for (const deadline = performance.now() + timeoutMs; !(await look()); ) {
    if (performance.now() > deadline) throw new Error(`${what} took longer than ${timeoutMs / 1000} s`);
    signal?.throwIfAborted();
    await delay(500);
  }
}

async function startBlobStore({ core, apps }: Cluster, namespace: string, signal: AbortSignal): Promise<string> {
  const key = randomBytes(64).toString('base64');
  const { secret, deployment, service } = buildBlobStore(key);
  await core.createNamespacedSecret({ namespace, body: secret });
  await apps.createNamespacedDeployment({ namespace, body: deployment });
  const { spec } = await core.createNamespacedService({ namespace, body: service });
  const name = deployment.metadata?.name ?? '';
  await until('Starting the blob store', START_MS, signal, async () => {
    const { status } = await apps.readNamespacedDeployment({ namespace, name });
    return (status?.readyReplicas ?? 0) > 0;
  });
  return connectionStringOf(spec?.clusterIP ?? '', key);
}

/** A store that was there before is left as it was found: the container is the demo's own. */
async function removeContainer(environment: Readonly<Record<string, string>>, container: string): Promise<void> {
  const { AZURE_STORAGE_CONNECTION_STRING: login, AZURE_STORAGE_ACCOUNT: account } = environment;
  if (login !== undefined) {
    await BlobServiceClient.fromConnectionString(login).getContainerClient(container).deleteIfExists();
  } else if (account !== undefined) {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const service = new BlobServiceClient(`https://${account}.blob.core.windows.net`, new DefaultAzureCredential());
    await service.getContainerClient(container).deleteIfExists();
  }
}

/**
 * A namespace of the demo's own in the cluster that KUBECONFIG names, with a blob store in it unless this shell names one.
 * The servers are reached by the addresses of their services, as the control plane reaches them.
 */
export async function openClusterGround(signal: AbortSignal, say: (text: string) => void): Promise<DemoGround> {
  const cluster = openCluster();
  const { core, batch } = cluster;
  const suffix = randomBytes(3).toString('hex');
  const namespace = `toygres-demo-${suffix}`;
  const kept = Object.entries(process.env).filter(([name, value]) => KEPT.test(name) && value !== undefined);
  const configured = Object.fromEntries(kept) as Record<string, string>;
  const hasStore = ['AZURE_STORAGE_ACCOUNT', 'AZURE_STORAGE_CONNECTION_STRING'].some((name) => configured[name]);

  const stop = async () => {
    say(`\nRemoving the namespace ${namespace} ...`);
    try {
      if (hasStore) await removeContainer(configured, namespace);
      // A namespace waits for its pods before it removes its Jobs, and a Job under way keeps a failed pod until the next
      // one is made, which is forbidden by then.
      await batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: 'Background' });
      await core.deleteNamespace({ name: namespace });
      await until('Removing the namespace', REMOVE_MS, null, async () =>
        core.readNamespace({ name: namespace }).then(() => false, isAbsent),
      );
    } catch (error) {
      if (!isAbsent(error)) throw explain(cluster, error);
    }
  };

  try {
    signal.throwIfAborted();
    await core.createNamespace({ body: { metadata: { name: namespace, labels: LABELS } } });
  } catch (error) {
    throw explain(cluster, error);
  }
  try {
    say(`Using the namespace ${namespace} of ${cluster.server}, which is removed at the end.`);
    if (!hasStore) say('Starting a blob store in it ...');
    const store = hasStore ? {} : { AZURE_STORAGE_CONNECTION_STRING: await startBlobStore(cluster, namespace, signal) };
    return {
      environment: {
        ...configured,
        ...store,
        TOYGRES_PLATFORM: 'kubernetes',
        TOYGRES_NAMESPACE: namespace,
        TOYGRES_IMAGE_CONTAINER: namespace,
      },
      reach: async (connectionString) => {
        const url = new URL(connectionString);
        const [name = ''] = url.hostname.split(`.${namespace}.svc.`);
        if (name === url.hostname) return connectionString;
        const { spec } = await core.readNamespacedService({ namespace, name });
        url.hostname = spec?.clusterIP ?? url.hostname;
        return url.href;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw signal.aborted ? error : explain(cluster, error);
  }
}
