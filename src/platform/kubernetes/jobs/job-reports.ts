import { parseProgress, parseResult } from '../../../../jobs/ports/job-protocol.ts';
import type { JobReport } from '../../../../jobs/ports/platform/jobs.ts';
import type { Pod } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { followPodLog, type PodLine } from '../servers/pod-logs.ts';
import { JOB_CONTAINER } from './build-job.ts';
import { type Attempt, containerStateOf, isOver, isSilent } from './job-pods.ts';

const MARK = '::toygres:: ';
/** A log that nobody has asked about for so long is not followed any more. */
const IDLE_MS = 120_000;
/** How long the rest of a log may take to come in after its container has ended. */
const REST_MS = 30_000;

/** What the script of one attempt has said so far. */
export interface Said {
  readonly report: JobReport | null;
  readonly reportedAt: Date | null;
  /** Of the last line, whatever it was. */
  readonly lastAt: Date | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
  readonly deadline: boolean;
  readonly lastLine: string | null;
}

export const NOTHING_SAID: Said = {
  report: null,
  reportedAt: null,
  lastAt: null,
  result: null,
  error: null,
  deadline: false,
  lastLine: null,
};

/** Whether a line is for us and not for users. */
export function isControlLine(text: string): boolean {
  return text.startsWith(MARK);
}

/** What is known after one more line. A report that says nothing new is no sign of life. */
export function hear(said: Said, { at, text }: PodLine): Said {
  const heard = { ...said, lastAt: at ?? said.lastAt };
  if (!isControlLine(text)) return { ...heard, lastLine: text.trim() === '' ? said.lastLine : text };
  const [, word = '', rest = ''] = /^::toygres:: (\S+) ?(.*)$/s.exec(text) ?? [];
  if (word === 'error') return { ...heard, error: rest };
  if (word === 'result') return { ...heard, result: parseResult(rest) };
  if (word === 'deadline') return { ...heard, deadline: true };
  if (word !== 'progress') return heard;
  const report = parseProgress(rest);
  if (report === null || JSON.stringify(report) === JSON.stringify(said.report)) return heard;
  return { ...heard, report, reportedAt: at };
}

/** What the container's last words say, for when its log is gone. */
function fromLastWords(pod: Pod): Said {
  const message = containerStateOf(pod).terminated?.message ?? '';
  let said = NOTHING_SAID;
  for (const text of message.split('\n')) if (isControlLine(text)) said = hear(said, { at: null, text });
  return said;
}

/** Listens to the scripts of jobs: one stream a running attempt, however many ask and however often. */
export interface Reports {
  /** What the attempt has said so far; all that it will ever say when it is over. */
  read(attempt: Attempt): Promise<Said>;
  stop(): Promise<void>;
}

interface Listener {
  said: Said;
  askedAt: number;
  readonly leaving: AbortController;
  readonly done: Promise<void>;
}

export function createReports(context: KubernetesContext): Reports {
  const { api, known, log } = context;
  const listeners = new Map<string, Listener>();
  const timer = setInterval(() => {
    for (const [uid, listener] of listeners) {
      if (performance.now() - listener.askedAt < IDLE_MS) continue;
      listener.leaving.abort();
      listeners.delete(uid);
    }
  }, IDLE_MS / 4);
  timer.unref();

  function listen({ pod }: Attempt, uid: string): Listener {
    const { namespace = '', name } = pod.metadata;
    const leaving = new AbortController();
    const hasEnded = async () => isSilent((await known.of('Pod', namespace).read()).get(name), uid);
    const follow = { namespace, pod: name, container: JOB_CONTAINER, follow: true };
    const run = async () => {
      for await (const line of followPodLog(api, { ...follow, signal: leaving.signal, isOver: hasEnded })) {
        listener.said = hear(listener.said, line);
      }
    };
    const done = run().catch((error: unknown) => {
      log.warn({ err: error, pod: name }, 'cannot read the log of a job');
      listeners.delete(uid);
    });
    const listener: Listener = { said: NOTHING_SAID, askedAt: 0, leaving, done };
    listeners.set(uid, listener);
    return listener;
  }

  return {
    read: async (attempt) => {
      const uid = attempt.pod.metadata.uid ?? '';
      const listener = listeners.get(uid) ?? listen(attempt, uid);
      listener.askedAt = performance.now();
      if (!isOver(attempt)) return listener.said;
      const late = AbortSignal.timeout(REST_MS);
      await Promise.race([listener.done, new Promise((resolve) => late.addEventListener('abort', resolve))]);
      const last = fromLastWords(attempt.pod);
      const { said } = listener;
      return {
        ...said,
        error: said.error ?? last.error,
        result: said.result ?? last.result,
        deadline: said.deadline || last.deadline,
      };
    },
    stop: async () => {
      clearInterval(timer);
      const all = [...listeners.values()];
      for (const { leaving } of all) leaving.abort();
      listeners.clear();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
