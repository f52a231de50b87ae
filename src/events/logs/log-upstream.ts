import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';
import { createLineRing, type LineRing, type RingLimits } from './log-ring.ts';

/** One reading of a log, shared by all who follow it. */
export interface LogUpstream<L extends PlatformLogLine = PlatformLogLine> {
  readonly ring: LineRing<L>;
  /** True when there will be no more; `error` says why if that was no orderly end. */
  readonly ended: boolean;
  readonly error: unknown;
  /** Resolves when something has changed since the call, the signal is aborted, or the time is over. */
  changed(signal: AbortSignal, withinMs?: number): Promise<void>;
}

/** Opens a reading when the first asks for it and closes it when the last has left. */
export interface LogUpstreams<L extends PlatformLogLine = PlatformLogLine> {
  /**
   * Joins the reading of this key, or begins it after that line. Every `join` is to be followed by one call of `leave`,
   * which resolves when nothing is left of the reading, if this was the last.
   */
  join(key: string, after: number, open: OpenReading<L>): { readonly upstream: LogUpstream<L>; leave(): Promise<void> };
  /** How many readings are open. */
  readonly size: number;
  /** Once there will be no more readings. */
  readonly isStopped: boolean;
  /** Ends all readings and those that somebody still asks for; who follows them sees the end. */
  stop(): Promise<void>;
}

export type OpenReading<L> = (after: number, signal: AbortSignal) => AsyncIterable<L>;

interface Reading<L extends PlatformLogLine> extends LogUpstream<L> {
  readonly abort: AbortController;
  readonly pumped: Promise<void>;
  readers: number;
}

export function createLogUpstreams<L extends PlatformLogLine>(limits: RingLimits): LogUpstreams<L> {
  const readings = new Map<string, Reading<L>>();
  let stopped = false;

  function forget(key: string, reading: Reading<L>): void {
    if (readings.get(key) === reading) readings.delete(key);
  }

  return {
    join(key, after, open) {
      let reading = readings.get(key);
      if (!reading) {
        const begun = beginReading(limits, after, stopped ? openNothing : open);
        reading = begun;
        readings.set(key, begun);
        // Who comes after the end begins a new one: more may have been written, or the error may have passed.
        void begun.pumped.then(() => forget(key, begun));
      }
      const joined = reading;
      joined.readers += 1;
      return {
        upstream: joined,
        async leave() {
          joined.readers -= 1;
          if (joined.readers > 0) return;
          forget(key, joined);
          joined.abort.abort();
          await joined.pumped;
        },
      };
    },
    get size() {
      return readings.size;
    },
    get isStopped() {
      return stopped;
    },
    async stop() {
      stopped = true;
      const open = [...readings.values()];
      for (const reading of open) reading.abort.abort();
      await Promise.all(open.map((reading) => reading.pumped));
    },
  };
}

/** How long lines are gathered once there are more than one at a time. */
const GATHER_MS = 25;

async function* openNothing(): AsyncGenerator<never> {}

function beginReading<L extends PlatformLogLine>(limits: RingLimits, after: number, open: OpenReading<L>): Reading<L> {
  const ring = createLineRing<L>(limits, after);
  const abort = new AbortController();
  const waiting = new Set<() => void>();
  let ended = false;
  let error: unknown = null;

  let wokenAt = 0;
  let cancelWake: (() => void) | null = null;

  const wakeNow = () => {
    cancelWake = null;
    ring.mark();
    wokenAt = performance.now();
    for (const resume of [...waiting]) resume();
  };
  // One line is handed on at once, with those that are there already; of many that come fast, all that came meanwhile go together.
  const wake = () => {
    if (cancelWake !== null) return;
    const dueMs = wokenAt + GATHER_MS - performance.now();
    if (dueMs <= 0) {
      const immediate = setImmediate(wakeNow);
      cancelWake = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(wakeNow, dueMs);
      cancelWake = () => clearTimeout(timer);
    }
  };
  // Reads as fast as the log comes, whoever follows: the slow ones find what they missed by themselves.
  const pump = async () => {
    try {
      for await (const line of open(after, abort.signal)) {
        if (abort.signal.aborted) break;
        ring.push(line);
        wake();
      }
    } catch (caught) {
      if (!abort.signal.aborted) error = caught;
    } finally {
      ring.mark();
      ended = true;
      cancelWake?.();
      wakeNow();
    }
  };

  return {
    ring,
    abort,
    readers: 0,
    pumped: pump(),
    get ended() {
      return ended;
    },
    get error() {
      return error;
    },
    changed: (signal, withinMs) =>
      new Promise((resolve) => {
        if (signal.aborted || ended) return resolve();
        const late = withinMs === undefined ? undefined : setTimeout(() => resume(), withinMs);
        const resume = () => {
          clearTimeout(late);
          waiting.delete(resume);
          signal.removeEventListener('abort', resume);
          resolve();
        };
        waiting.add(resume);
        signal.addEventListener('abort', resume, { once: true });
      }),
  };
}
