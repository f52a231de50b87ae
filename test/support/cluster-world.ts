import { createTestNamespace, type TestNamespace } from './cluster.ts';
import { startClusterAzurite } from './cluster-azurite.ts';
import { createE2eClient, type E2eClient } from './e2e-client.ts';
import { type E2eHome, type FailedStart, makeE2eHome } from './e2e-server.ts';

type Environment = Readonly<Record<string, string>>;

/** A namespace with a blob store in it, and servers outside of the cluster that work on it, one at a time. */
export interface ClusterWorld {
  readonly namespace: TestNamespace;
  /** The home of the servers, with the records in it. */
  readonly home: string;
  /** The connection string of the blob store. */
  readonly storage: string;
  /** Starts a server with these settings, in the place of the one before; what was recorded stays. */
  serve(change?: Environment): Promise<E2eClient>;
  /** Ends the server; the next one is started by `serve`. */
  end(): Promise<void>;
  /** Runs a command that ends by itself on the same records, with the server ended. */
  run(words: readonly string[], change?: Environment): Promise<FailedStart>;
  stop(): Promise<void>;
}

export const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };

export interface ClusterWorldOptions {
  /** Default: one of its own, that admits restricted pods only. */
  readonly namespace?: TestNamespace;
  /** What servers sign in with; default: KUBECONFIG. */
  readonly kubeconfig?: string;
}

/** `name` shows in the list of processes. */
export async function createClusterWorld(name: string, options: ClusterWorldOptions = {}): Promise<ClusterWorld> {
  await using stops = new AsyncDisposableStack();
  const namespace = options.namespace ?? (await createTestNamespace({ labels: RESTRICTED }));
  stops.defer(() => namespace.stop());
  const storage = await startClusterAzurite(namespace);
  const home: E2eHome = await makeE2eHome(name);
  stops.defer(() => home.stop());
  let end = async () => {};
  stops.defer(() => end());
  const kept = stops.move();
  const environment = {
    TOYGRES_PLATFORM: 'kubernetes',
    KUBECONFIG: options.kubeconfig ?? process.env.KUBECONFIG ?? '',
    TOYGRES_NAMESPACE: namespace.name,
    AZURE_STORAGE_CONNECTION_STRING: storage,
    TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    TOYGRES_JOB_RESOURCES: 'cpu=50m/2,memory=128Mi/1Gi',
    TOYGRES_SERVER_RESOURCES: 'cpu=50m/2,memory=128Mi/1Gi',
  };
  return {
    namespace,
    home: home.directory,
    storage,
    serve: async (change = {}) => {
      await end();
      const server = await home.start('standalone', { ...environment, ...change });
      const api = createE2eClient(server);
      end = async () => {
        end = async () => {};
        await api.stop();
        await server.stop();
      };
      return api;
    },
    end: () => end(),
    run: async (words, change = {}) => {
      await end();
      return home.run(words, { ...environment, ...change });
    },
    stop: () => kept.disposeAsync(),
  };
}
