import type { Logger } from '../../log/logger.ts';
import type { KubernetesApi } from './cluster/api.ts';
import { createInformer, type Informer } from './cluster/informer.ts';
import type { Kind, Kinds } from './cluster/objects.ts';
import type { JobManifests } from './jobs/build-job.ts';
import type { ServerManifests } from './servers/build-server.ts';
import type { KubernetesSettings } from './settings.ts';

/** What every part of the Kubernetes platform works with. */
export interface KubernetesContext {
  readonly api: KubernetesApi;
  readonly settings: KubernetesSettings;
  readonly servers: ServerManifests;
  readonly jobs: JobManifests;
  readonly known: Known;
  /** The ids of the pods that this process has reached by the address of their service, by namespace and name. */
  readonly reached: Map<string, string | undefined>;
  readonly log: Logger;
}

/** What is known of the objects of all namespaces, by one watch a kind and namespace, however many ask. */
export interface Known {
  of<K extends Kind>(kind: K, namespace: string): Informer<Kinds[K]>;
  /** Calls back after every change of what is watched already, until the answer is called. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** Watches nothing before it is asked. */
export function createKnown(api: KubernetesApi, log: Logger): Known {
  const informers = new Map<string, Informer<Kinds[Kind]>>();
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    of: <K extends Kind>(kind: K, namespace: string) => {
      const key = `${kind}/${namespace}`;
      let informer = informers.get(key);
      if (informer === undefined) {
        informer = createInformer(api, kind, namespace, log);
        informer.onChange(changed);
        informers.set(key, informer);
      }
      return informer as Informer<Kinds[K]>;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      await Promise.all([...informers.values()].map((informer) => informer.stop()));
    },
  };
}
