import type { PlatformLogLine } from '../../../../jobs/ports/platform/jobs.ts';
import type { FollowServerLogs, ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { parseServerLogLine } from '../../../postgres-programs/server-log.ts';
import { isGoing, type Pod } from '../cluster/objects.ts';
import { nextChange, readPatiently } from '../cluster/wait-until.ts';
import type { KubernetesContext } from '../context.ts';
import { followPodLog, type PodLine } from './pod-logs.ts';
import { listServerPods } from './server-status.ts';

const CONTAINER = 'postgres';

/** One run of the container in one pod: after it the next begins a log of its own. */
function runOf(pod: Pod): string {
  return `${pod.metadata.uid}/${pod.status?.containerStatuses?.[0]?.restartCount ?? 0}`;
}

async function findPod(context: KubernetesContext, ref: ServerRef, uid: string | null): Promise<Pod | null> {
  const pods = await listServerPods(context, ref);
  return pods.find((pod) => pod.metadata.uid === uid) ?? pods.find((pod) => !isGoing(pod)) ?? pods[0] ?? null;
}

async function* linesOfPods(
  context: KubernetesContext,
  ref: ServerRef,
  { tailLines, since, follow, signal }: FollowServerLogs,
): AsyncGenerator<PodLine> {
  const { api, known } = context;
  const exists = async () => {
    if ((await known.of('StatefulSet', ref.namespace).read()).has(ref.resourceName)) return true;
    return (await listServerPods(context, ref)).length > 0;
  };
  const seen = new Set<string>();
  const look = async () => {
    const pod = (await listServerPods(context, ref)).find((candidate) => !seen.has(runOf(candidate)));
    return { pod, isThere: pod !== undefined || (await exists()) };
  };
  for (let first = true; !signal.aborted; ) {
    const looked = await readPatiently(look, { follow, signal });
    if (looked === null) return;
    const { pod, isThere } = looked;
    if (pod === undefined) {
      if (!follow || !isThere) return;
      await nextChange(known, signal);
      continue;
    }
    const run = runOf(pod);
    seen.add(run);
    const isOver = async () => {
      const now = await findPod(context, ref, pod.metadata.uid ?? null);
      if (now === null || runOf(now) !== run) return true;
      return now.status?.containerStatuses?.[0]?.state?.terminated !== undefined;
    };
    yield* followPodLog(api, {
      namespace: ref.namespace,
      pod: pod.metadata.name,
      container: CONTAINER,
      tailLines: first ? tailLines : null,
      since,
      follow,
      signal,
      isOver,
    });
    first = false;
  }
}

/**
 * The log of a server, from pod to pod. The cluster keeps only the log of a pod that exists: what an earlier one said is
 * there only for those who followed it. Ends when the server was removed.
 */
export async function* followServerLog(
  context: KubernetesContext,
  ref: ServerRef,
  options: FollowServerLogs,
): AsyncGenerator<PlatformLogLine> {
  let line = 0;
  for await (const { at, text } of linesOfPods(context, ref, options)) {
    const parsed = parseServerLogLine(text);
    line += 1;
    yield { line, attempt: 1, at: parsed.at ?? at, text: parsed.text };
  }
}
