import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

interface Exported {
  readonly clusters: readonly { readonly name: string; readonly cluster: Record<string, unknown> }[];
  readonly contexts: readonly { readonly name: string; readonly context: { readonly cluster: string } }[];
  readonly 'current-context': string;
}

/** A way to the API server of KUBECONFIG's cluster that can be broken, and a kubeconfig that takes it. */
export interface ClusterProxy extends FaultProxy {
  readonly kubeconfig: string;
}

/** The cluster of the current context, found by another address; the certificate is still asked for by its own name. */
function redirect(config: Exported, port: number): Exported {
  const current = config.contexts.find(({ name }) => name === config['current-context']);
  const clusters = config.clusters.map((entry) => {
    if (entry.name !== current?.context.cluster) return entry;
    const { hostname } = new URL(String(entry.cluster.server));
    const name = isIP(hostname) === 0 ? { 'tls-server-name': hostname } : {};
    return { ...entry, cluster: { ...entry.cluster, ...name, server: `https://127.0.0.1:${port}` } };
  });
  return { ...config, clusters };
}

export async function startClusterProxy(): Promise<ClusterProxy> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = new URL(config.getCurrentCluster()?.server ?? '');
  const proxy = await startFaultProxy({ host: server.hostname, port: Number(server.port || 443) });
  const directory = await mkdtemp('/tmp/toygres-proxy-');
  const kubeconfig = path.join(directory, 'kubeconfig');
  const redirected = redirect(JSON.parse(config.exportConfig()) as Exported, proxy.port);
  await writeFile(kubeconfig, JSON.stringify(redirected), { mode: 0o600 });
  return {
    ...proxy,
    get port() {
      return proxy.port;
    },
    get faults() {
      return proxy.faults;
    },
    kubeconfig,
    stop: async () => {
      await proxy.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
