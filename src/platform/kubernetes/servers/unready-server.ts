import type { ServerRef, ServerStatus } from '../../../../jobs/ports/platform/servers.ts';
import { parseServerLogLine } from '../../../postgres-programs/server-log.ts';
import { type Cause, type Events, placedAt, readPodCause } from '../causes.ts';
import type { Pod } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import type { KubernetesSettings } from '../settings.ts';
import { namesOf } from './build-server.ts';
import { followPodLog } from './pod-logs.ts';

/** A cause that waiting does not cure may still pass within this: a secret that comes late, a registry that hiccups. */
const HOPELESS_MS = 60_000;

/** How long a server may wait for what stands in its way before that is a failure. */
export function patienceFor({ startPatienceMs }: Pick<KubernetesSettings, 'startPatienceMs'>, cause: Cause): number {
  return cause.hopeless ? Math.min(HOPELESS_MS, startPatienceMs) : startPatienceMs;
}

/** A server that has ended so often does not come up by itself. */
const RESTARTS = 3;
/** From then on a server that takes no connections has not just been started. */
const JUST_STARTED_MS = 30_000;
const SEVERITY = /^(?:\[\d+\] )?(?:PANIC|FATAL|ERROR): +/;

type LogOf = { readonly previous: boolean; readonly running: boolean };

/** What the server said last: its last error where it has ended, else its last line. */
async function readLastWords(
  { api }: KubernetesContext,
  pod: Pod,
  { previous, running }: LogOf,
): Promise<string | null> {
  const { namespace = '', name } = pod.metadata;
  const lines: string[] = [];
  const signal = AbortSignal.timeout(5_000);
  const isOver = async () => true;
  const options = {
    namespace,
    pod: name,
    container: 'postgres',
    previous,
    tailLines: 50,
    follow: false,
    signal,
    isOver,
  };
  try {
    for await (const { text } of followPodLog(api, options)) lines.push(parseServerLogLine(text).text);
  } catch {
    return null;
  }
  // One that runs may have refused a client meanwhile: only what it does now counts.
  const failure = running ? undefined : lines.findLast((line) => SEVERITY.test(line));
  const words = failure ?? lines.findLast((line) => line.trim() !== '');
  return words === undefined ? null : words.replace(SEVERITY, '').replace(/^\[\d+\] (?:[A-Z]+\d?: +)?/, '');
}

function ageMs({ metadata }: Pod): number {
  return Date.now() - new Date(metadata.creationTimestamp ?? Date.now()).getTime();
}

/** What was said of a pod before it came so far is over. */
function sinceOf(pod: Pod): string | null {
  return pod.status?.containerStatuses?.[0]?.state?.running?.startedAt ?? placedAt(pod);
}

async function findCause(context: KubernetesContext, events: Events, ref: ServerRef, pod: Pod): Promise<Cause | null> {
  const own = readPodCause(pod);
  const claims = await context.known.of('PersistentVolumeClaim', ref.namespace).read();
  const claim = claims.get(namesOf(ref).volume);
  if (own !== null && !/PersistentVolumeClaim|no place/.test(own.text)) return own;
  if (claim !== undefined && claim.status?.phase !== 'Bound') {
    const ofVolume = await events.read('PersistentVolumeClaim', claim, pod.metadata.creationTimestamp);
    if (ofVolume !== null) return { ...ofVolume, text: `The volume cannot be made. ${ofVolume.text}` };
  }
  return own ?? (ageMs(pod) > 5_000 ? events.read('Pod', pod, sinceOf(pod)) : null);
}

function runsMs(startedAt: string | undefined): number {
  return startedAt === undefined ? 0 : Date.now() - new Date(startedAt).getTime();
}

/** The process is there and takes no connections: for how long, whether it ever did, and what it said last. */
async function describeSilent(context: KubernetesContext, pod: Pod, startedAt: string | undefined): Promise<string> {
  const container = pod.status?.containerStatuses?.[0];
  const ms = runsMs(startedAt);
  if (container?.started !== true && ms < JUST_STARTED_MS) return 'the server has just been started';
  const words = await readLastWords(context, pod, { previous: false, running: true });
  const said = words === null ? '' : `; it said last: ${words}`;
  if (container?.started !== true) {
    return `the server has run for ${Math.round(ms / 1000)} s and takes no connections yet${said}`;
  }
  const lost = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status !== 'True');
  const when = lost?.lastTransitionTime === undefined ? '' : ` since ${lost.lastTransitionTime}`;
  return `the server was up and does not answer${when}, though its process is there${said}`;
}

/** Why a server whose pod is not ready is not, and whether it can still come up by itself. */
export async function describeUnready(
  context: KubernetesContext,
  events: Events,
  ref: ServerRef,
  pod: Pod,
): Promise<Pick<ServerStatus, 'phase' | 'detail'>> {
  const container = pod.status?.containerStatuses?.[0];
  const { running } = container?.state ?? {};
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  const cause = await findCause(context, events, ref, pod);
  const isNew = runsMs(running?.startedAt) < JUST_STARTED_MS;
  // One that ended a moment ago has to show first that it does better this time.
  const comesAgain = ended !== undefined && isNew && container?.started !== true;
  if (running !== undefined && !comesAgain && (cause === null || container?.started === true)) {
    return { phase: 'STARTING', detail: await describeSilent(context, pod, running.startedAt) };
  }
  if (ended !== undefined && container !== undefined && cause === null) {
    const previous = container.state?.terminated === undefined && container.restartCount > 0;
    const words = await readLastWords(context, pod, { previous, running: false });
    const detail = `The server process has ended with status ${ended.exitCode}${words === null ? '' : `: ${words}`}`;
    // 78: what start-server.sh says when no restart can help.
    const final = container.restartCount >= RESTARTS || ended.exitCode === 78;
    return { phase: final ? 'FAILED' : 'STARTING', detail };
  }
  if (cause === null) return { phase: 'STARTING', detail: 'the container is being made' };
  const final = ageMs(pod) > patienceFor(context.settings, cause) || (container?.restartCount ?? 0) >= RESTARTS;
  return { phase: final ? 'FAILED' : 'STARTING', detail: cause.text };
}
