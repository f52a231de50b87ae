import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { isGoing, type Manifest, type Pod } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { isGivenToPods, serverSelector } from '../labels.ts';
import { namesOf } from './build-server.ts';
import { NOTES } from './server-notes.ts';
import { listServerPods } from './server-status.ts';

/** A StatefulSet that wants none of its pods: its template is never used, for the next start brings another. */
function controllerOf(ref: ServerRef, { metadata: { labels = {} } }: Pod): Manifest<'StatefulSet'> {
  const { server, service } = namesOf(ref);
  const selector = serverSelector(ref);
  const own = Object.fromEntries(Object.entries(labels).filter(([name]) => !isGivenToPods(name)));
  const metadata = {
    name: server,
    namespace: ref.namespace,
    labels: own,
    annotations: { [NOTES.stoppedAt]: new Date().toISOString() },
  };
  const template = { metadata: { labels: selector }, spec: { containers: [{ name: 'postgres', image: 'none' }] } };
  return {
    kind: 'StatefulSet',
    namespace: ref.namespace,
    name: server,
    body: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: { replicas: 0, serviceName: service, selector: { matchLabels: selector }, template },
    },
  };
}

/**
 * Asks for the end of pods whose StatefulSet somebody removed without them: nothing else ends them, since a new one takes
 * them in. False where there are none.
 */
export async function endOrphans(context: KubernetesContext, ref: ServerRef): Promise<boolean> {
  const orphan = (await listServerPods(context, ref)).find((pod) => !isGoing(pod));
  if (orphan === undefined) return false;
  const made = await context.api.apply(controllerOf(ref, orphan));
  context.known.of('StatefulSet', ref.namespace).put(made);
  return true;
}
