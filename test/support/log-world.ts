import { EventEmitter, once } from 'node:events';
import type { ImageStore } from '../../jobs/ports/image-store.ts';
import type { JobStatus, PlatformLogLine } from '../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../jobs/ports/platform/platform.ts';
import type { InstanceRecord } from '../../jobs/ports/records.ts';
import type { JobRecord } from '../../resolvers/ports/records.ts';
import type { RingLimits } from '../../src/events/logs/log-ring.ts';
import { createLogStreams } from '../../src/events/logs/log-streams.ts';
import { createLogger } from '../../src/log/logger.ts';

/** A log that grows, with readers that wait for it as a platform's do. */
class GrowingLog {
  readonly lines: PlatformLogLine[] = [];
  over = false;
  /** Readings that are open now, and all that were ever opened, by whether they follow. */
  open = 0;
  followed = 0;
  read = 0;
  failure: Error | null = null;
  readonly #grown = new EventEmitter().setMaxListeners(0);

  write(...texts: string[]): void {
    for (const text of texts) {
      const line = this.lines.length + 1;
      this.lines.push({ line, attempt: 1, at: new Date(line * 1000), text });
    }
    this.#grown.emit('grown');
  }
  end(): void {
    this.over = true;
    this.#grown.emit('grown');
  }
  fail(error: Error): void {
    this.failure = error;
    this.#grown.emit('grown');
  }

  async *from(start: number, follow: boolean, signal: AbortSignal): AsyncGenerator<PlatformLogLine> {
    this.open += 1;
    if (follow) this.followed += 1;
    else this.read += 1;
    try {
      for (let at = start; ; ) {
        while (at < this.lines.length) {
          if (signal.aborted) return;
          const line = this.lines[at];
          at += 1;
          if (line) yield line;
        }
        if (this.failure) throw this.failure;
        if (!follow || this.over || signal.aborted) return;
        await once(this.#grown, 'grown', { signal }).catch(() => undefined);
      }
    } finally {
      this.open -= 1;
    }
  }
}

const JOB: JobRecord = {
  id: 'job',
  operationId: 'operation',
  namespace: 'here',
  name: 'backup-x',
  platform: 'local:test',
  state: 'RUNNING',
  attempts: 1,
  exitCode: null,
  startedAt: new Date(0),
  finishedAt: null,
};

/** A platform with one job and one server whose logs a test writes, and a store with what was kept. */
export function createLogWorld(ring?: RingLimits) {
  const job = new GrowingLog();
  const server = new GrowingLog();
  const kept: PlatformLogLine[] = [];
  const state = { job: 'RUNNING' as JobStatus['state'], record: { ...JOB } };

  const platform = {
    id: 'local:test',
    readJob: async () => ({ state: state.job }),
    followJobLogs: (
      _: unknown,
      { afterLine, follow, signal }: { afterLine: number; follow: boolean; signal: AbortSignal },
    ) => job.from(state.job === 'ABSENT' ? job.lines.length : afterLine, follow && state.job !== 'ABSENT', signal),
    async *followServerLogs(
      _: unknown,
      { tailLines, follow, signal }: { tailLines: number | null; follow: boolean; signal: AbortSignal },
    ) {
      const start = tailLines === null ? 0 : Math.max(0, server.lines.length - tailLines);
      let line = 0;
      for await (const read of server.from(start, follow, signal)) {
        line += 1;
        yield { ...read, line };
      }
    },
  } as unknown as Platform;
  const store = {
    async *readJobLog() {
      yield* kept;
    },
  } as unknown as ImageStore;
  const instance = { id: 'instance', name: 'shop', platform: 'local:test', namespace: 'here', resourceName: 'shop-1' };

  const streams = createLogStreams({
    platform,
    store,
    jobs: async (id) => (id === JOB.id ? state.record : null),
    instances: async (id) => (id === 'instance' ? (instance as unknown as InstanceRecord) : null),
    log: createLogger('silent'),
    ...(ring ? { ring } : {}),
  });

  return {
    streams,
    job,
    server,
    state,
    /** What the workflow does: the log goes to the store, then the platform forgets the job. */
    forgetJob(): void {
      kept.push(...job.lines.slice(kept.length));
      state.job = 'ABSENT';
      state.record = { ...state.record, state: 'SUCCEEDED' };
      job.end();
    },
    endJob(): void {
      state.job = 'SUCCEEDED';
      state.record = { ...state.record, state: 'SUCCEEDED' };
      job.end();
    },
  };
}

/** The next so many, and then the iterator is left. */
export async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

export async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  return take(items, Number.POSITIVE_INFINITY);
}
