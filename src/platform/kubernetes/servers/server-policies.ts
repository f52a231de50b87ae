import { pause } from '../../../waiting/pause.ts';
import type { KubernetesContext } from '../context.ts';
import { OURS, serverOf } from '../labels.ts';
import { namesOf } from './build-server.ts';
import { templateOf } from './server-notes.ts';

/** A release that opens or closes something reaches servers that run soon after it is there. */
const FIRST_MS = 30_000;
const ROUND_MS = 600_000;

/** The policies of servers that are there: who reaches them, and whom they reach. */
export interface ServerPolicies {
  /** One look at all of them: those that are lost, or that this release has otherwise, are made as they are to be. */
  lookAfter(namespace: string): Promise<void>;
  /** From now on does that every while. */
  start(): void;
  stop(): Promise<void>;
}

/** Applies them beside servers that run: a policy holds at once, and needs no restart. */
export function createServerPolicies({ api, known, settings, servers, log }: KubernetesContext): ServerPolicies {
  const leaving = new AbortController();
  let keeping: Promise<void> = Promise.resolve();

  async function lookAfter(namespace: string): Promise<void> {
    const { items } = await api.list('NetworkPolicy', namespace, { labelSelector: OURS });
    const present = new Map(items.map((policy) => [policy.metadata.name, templateOf(policy)]));
    const sets = await known.of('StatefulSet', namespace).read();
    const services = await known.of('Service', namespace).read();
    for (const set of sets.values()) {
      const { resourceName } = serverOf(set) ?? {};
      if (resourceName === undefined || set.metadata.deletionTimestamp !== undefined) continue;
      const names = namesOf({ resourceName });
      const service = services.get(names.service);
      // A server that is being made, or on its way out.
      if (service === undefined) continue;
      const exposure = service.spec.type === 'LoadBalancer' ? 'PUBLIC' : 'INTERNAL';
      const policy = servers.policyOf({ namespace, resourceName, exposure }, set.metadata.labels ?? {});
      const { annotations = {} } = policy.body.metadata as { annotations?: Readonly<Record<string, string>> };
      if (present.get(policy.name) === templateOf({ metadata: { name: policy.name, annotations } })) continue;
      await api.apply(policy);
      log.info({ server: resourceName }, 'the network policy of a server has been made as it is to be');
    }
  }

  async function keep(): Promise<void> {
    for (let wait = FIRST_MS; ; wait = ROUND_MS) {
      await pause(wait, leaving.signal, { ref: false });
      if (leaving.signal.aborted) return;
      for (const namespace of settings.namespaces) {
        await lookAfter(namespace).catch((error: unknown) => {
          log.warn({ err: error, namespace }, 'cannot look after the network policies of servers');
        });
      }
    }
  }

  return {
    lookAfter,
    start: () => {
      keeping = keep();
    },
    stop: async () => {
      leaving.abort();
      await keeping;
    },
  };
}
