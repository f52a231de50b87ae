import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesApi } from './api.ts';
import { isStatus } from './errors.ts';
import { splitLines } from './lines.ts';
import { pathOf } from './objects.ts';

const RETRY_MS = 500;

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

/**
 * The lines of one container, over dropped connections without gap or repeat: it is taken up again at the second of the
 * last line, and what was seen of that second is passed over. Ends with the container, when the pod is gone, or when
 * `follow` is false. An abort ends it without an error.
 */
export async function* followPodLog(api: KubernetesApi, options: PodLogOptions): AsyncGenerator<PodLine> {
  const { namespace, pod, container, signal } = options;
  const path = `${pathOf('Pod', namespace)}/${encodeURIComponent(pod)}/log`;
  let last = '';
  let sameStamp = 0;
  let cut = false;
  while (!signal.aborted) {
    // Asked before reading: what was over then has written all that it will.
    const over = !options.follow || (await options.isOver());
    const query = {
      container,
      timestamps: true,
      follow: !over,
      previous: options.previous ?? false,
      tailLines: last === '' ? options.tailLines : null,
      sinceTime: last === '' ? options.since?.toISOString() : wholeSecond(last),
    };
    let again = 0;
    cut = false;
    try {
      const body = await api.stream(`Reading the log of ${pod}`, path, query, { signal, silenceMs: 0 });
      for await (const line of splitLines(body)) {
        const { stamp, text } = parse(line);
        if (last !== '' && again >= 0) {
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
      // 400: the container has not begun yet.
      if (!isStatus(error, 400) && !options.follow) throw error;
      cut = !isStatus(error, 400);
    }
    if (over && !cut) return;
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}
