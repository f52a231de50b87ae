import type { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes-platform.ts';
import type { TestNamespace } from './cluster.ts';
import { type ClusterWorldOptions, createClusterWorld } from './cluster-world.ts';
import type { E2eClient } from './e2e-client.ts';
import type { ServerLogin } from './server-facts.ts';

type Environment = Readonly<Record<string, string>>;

/** A server on this machine, as its users start it, for a namespace of the cluster with a blob store in it. */
export interface ControlPlane {
  readonly namespace: TestNamespace;
  /** The same platform, for looking past the server. */
  readonly platform: KubernetesPlatform;
  /** The connection string of the blob store. */
  readonly storage: string;
  readonly api: E2eClient;
  /** Ends the server and starts another on the same records, told this besides. */
  restart(environment?: Environment): Promise<void>;
  /** A login that this process can use: logins name the service, which only pods can look up. */
  login(instanceId: string): Promise<ServerLogin>;
  stop(): Promise<void>;
}

/** Starts all of it; `environment` is what the server is told besides. */
export async function startControlPlane(
  name: string,
  { environment = {}, ...options }: ClusterWorldOptions & { readonly environment?: Environment } = {},
): Promise<ControlPlane> {
  const world = await createClusterWorld(name, options);
  const { namespace, storage } = world;
  const { kubeconfig } = options;
  const platform = await namespace.open(kubeconfig === undefined ? {} : { kubeconfig });
  let api = await world.serve(environment);
  return {
    namespace,
    platform,
    storage,
    get api() {
      return api;
    },
    restart: async (change = {}) => {
      api = await world.serve({ ...environment, ...change });
    },
    login: async (instanceId) => {
      const login = await api.login(instanceId);
      return { ...login, ...(await platform.findAddress(login)) };
    },
    stop: () => world.stop(),
  };
}
