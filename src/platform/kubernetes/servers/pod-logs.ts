import { pause } from '../../../waiting/pause.ts';
import type { KubernetesApi } from '../cluster/api.ts';
import { ApiError, isStatus, translateSilence } from '../cluster/errors.ts';
import { splitLines } from '../cluster/lines.ts';
import { pathOf } from '../cluster/objects.ts';

const RETRY_MS = { first: 500, most: 5_000 };
/** A connection on which nothing came for so long may be half-open: another one tells. */
const SILENCE_MS = 600_000;
/** How long the rest may take to come in after the container has ended. */
const REST_MS = 15_000;

/** A line of a container's log, with the time at which the node received it. */
export interface PodLine {
  readonly at: Date | null;
  readonly text: string;
}

export interface PodLogOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the container's run before this one. */
  readonly previous?: boolean;
  readonly tailLines?: number | null;
  readonly since?: Date | null;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Whether the container has ended, so that no more will come. */
  readonly isOver: () => Promise<boolean>;
}

const STAMPED = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/s;

function parse(line: string): { stamp: string; text: string } {
  const [, stamp = '', text = line] = STAMPED.exec(line) ?? [];
  // `(.*)$` keeps a carriage return, as the program wrote it.
  return { stamp, text };
}

/** The server understands whole seconds only. */
function wholeSecond(stamp: string): string {
  return new Date(Math.floor(new Date(stamp).getTime() / 1000) * 1000).toISOString();
}

/** Aborts when the container has ended and nothing more came for a while: then the connection is dead, whatever it looks like. */
function watchRest({ isOver, signal }: PodLogOptions) {
  const leaving = new AbortController();
  let heard = false;
  const timer = setInterval(async () => {
    const wasHeard = heard;
    heard = false;
    if (!wasHeard && (await isOver().catch(() => false)) && !heard) leaving.abort();
  }, REST_MS);
  timer.unref();
  return {
    signal: AbortSignal.any([signal, leaving.signal]),
    hear: () => {
      heard = true;
    },
    stop: () => clearInterval(timer),
  };
}

/** Whether asking again can help. A container that has not begun yet is answered with 400. */
function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code === 'UNAVAILABLE' || error.status === 400;
}

/**
 * The lines of one container, over dropped and dead connections without gap or repeat: it is taken up again at the second
 * of the last line, and what was seen of that second is passed over. Ends with the container, when the pod is gone, or
 * when `follow` is false. An abort ends it without an error. While `follow` is true only a refusal is an error: an API
 * server that is away is waited for.
 */
export async function* followPodLog(api: KubernetesApi, options: PodLogOptions): AsyncGenerator<PodLine> {
  const { namespace, pod, container, follow, signal } = options;
  const path = `${pathOf('Pod', namespace)}/${encodeURIComponent(pod)}/log`;
  let last = '';
  let sameStamp = 0;
  let pauseMs = RETRY_MS.first;
  while (!signal.aborted) {
    let cut = false;
    let over = false;
    // How many lines of the last moment came again; -1: all that comes is new.
    let again = last === '' ? -1 : 0;
    const rest = watchRest(options);
    try {
      // Asked before reading: what was over then has written all that it will.
      over = !follow || (await options.isOver());
      const query = {
        container,
        timestamps: true,
        follow: !over,
        previous: options.previous ?? false,
        tailLines: last === '' ? options.tailLines : null,
        sinceTime: last === '' ? options.since?.toISOString() : wholeSecond(last),
      };
      const silenceMs = over ? 2 * REST_MS : SILENCE_MS;
      const body = await api.stream(`Reading the log of ${pod}`, path, query, { signal: rest.signal, silenceMs });
      for await (const line of splitLines(body, over)) {
        rest.hear();
        pauseMs = RETRY_MS.first;
        const { stamp, text } = parse(line);
        if (again >= 0) {
          if (stamp < last) continue;
          again = stamp === last ? again + 1 : -1;
          if (stamp === last && again <= sameStamp) continue;
        }
        sameStamp = stamp === last ? sameStamp + 1 : 1;
        last = stamp;
        yield { at: stamp === '' ? null : new Date(stamp), text };
        if (signal.aborted) return;
      }
    } catch (error) {
      if (signal.aborted || isStatus(error, 404)) return;
      if (!isPassing(error) || (!isStatus(error, 400) && !follow)) throw translateSilence(api.server, error);
      cut = !isStatus(error, 400);
    } finally {
      rest.stop();
    }
    if (over && !cut) return;
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, RETRY_MS.most);
  }
}
