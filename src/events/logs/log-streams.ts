import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { InstanceRecord } from '../../../jobs/ports/records.ts';
import { notFound } from '../../../resolvers/ids.ts';
import type { JobRecord, LogLineRecord } from '../../../resolvers/ports/records.ts';
import type { LogStreams, ServerLogRequest } from '../../../resolvers/ports/streams.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Logger } from '../../log/logger.ts';
import { leavable } from '../leavable.ts';
import { followOneJob, type JobFollowing, type SharedJobLogs } from './log-job-follower.ts';
import { readJobLines } from './log-job-source.ts';
import { createSharedReadings } from './log-readings.ts';
import type { RingLimits } from './log-ring.ts';
import { followOneServer } from './log-server-follower.ts';
import { takeFirst, takeLast } from './log-tail.ts';
import { createLogUpstreams } from './log-upstream.ts';

export interface LogStreamsOptions {
  readonly platform: Platform;
  readonly store: ImageStore;
  readonly jobs: (id: string) => Promise<JobRecord | null>;
  readonly instances: (id: string) => Promise<InstanceRecord | null>;
  readonly log: Logger;
  /** Of each log that somebody follows. Default 20,000 lines and 4 Mi characters. */
  readonly ring?: RingLimits;
}

const RING: RingLimits = { lines: 20_000, characters: 4 << 20 };
/** One answer holds no more, whatever is asked for. */
const ANSWER_LINES = 10_000;

/**
 * Logs of jobs and servers for any number of subscribers: one reading of each log is shared and open only while somebody
 * follows it. A job's lines come from the platform, and from the blob store once the platform has forgotten the job.
 */
export function createLogStreams(options: LogStreamsOptions): LogStreams & {
  /** How many shared readings are open. */
  readonly openReadings: number;
  /** Ends every subscription that waits for more. */
  stop(): Promise<void>;
} {
  const { instances, jobs, log, platform } = options;
  const ring = options.ring ?? RING;
  const ofJobs: SharedJobLogs = { upstreams: createLogUpstreams(ring), readings: createSharedReadings() };
  const ofServers = createLogUpstreams<PlatformLogLine>(ring);

  async function findJob(jobId: string): Promise<JobRecord> {
    const job = await jobs(jobId);
    if (job) return job;
    throw notFound('job', 'jobId');
  }

  async function* followBatches(jobId: string, request: JobFollowing, left: AbortSignal) {
    const job = await findJob(jobId);
    log.debug({ jobId }, 'a subscriber follows a job log');
    yield* followOneJob(options, ofJobs, job, request, left);
  }

  async function findInstance(instanceId: string): Promise<InstanceRecord> {
    const instance = await instances(instanceId);
    if (!instance) throw notFound('instance', 'instanceId');
    if (instance.platform === platform.id) return instance;
    throw new AppError(
      'UNAVAILABLE',
      `The instance "${instance.name}" runs on another platform (${instance.platform}).`,
    );
  }

  async function* followServerBatches(instanceId: string, request: ServerLogRequest, left: AbortSignal) {
    const server = await findInstance(instanceId);
    log.debug({ instanceId }, 'a subscriber follows a server log');
    let count = 0;
    for await (const lines of followOneServer(platform, ofServers, server, request, left)) {
      yield numbered(lines, count);
      count += lines.length;
    }
  }

  return {
    get openReadings() {
      return ofJobs.upstreams.size + ofServers.size;
    },

    async readJob(jobId, { tailLines, afterLine }) {
      const job = await findJob(jobId);
      const lines = readJobLines(options, job, afterLine ?? 0, new AbortController().signal);
      const taken =
        tailLines === null
          ? await takeFirst(lines, ANSWER_LINES)
          : await takeLast(lines, Math.min(tailLines, ANSWER_LINES));
      return taken;
    },

    followJob: (jobId, request, signal) =>
      leavable(signal, async function* (left) {
        for await (const lines of followBatches(jobId, request, left)) yield* lines;
      }),

    followJobBatches: (jobId, request, signal) => leavable(signal, (left) => followBatches(jobId, request, left)),

    followInstance: (instanceId, request, signal) =>
      leavable(signal, async function* (left) {
        for await (const lines of followServerBatches(instanceId, request, left)) yield* lines;
      }),

    followInstanceBatches: (instanceId, request, signal) =>
      leavable(signal, (left) => followServerBatches(instanceId, request, left)),

    stop: async () => {
      await Promise.all([ofJobs.upstreams.stop(), ofServers.stop()]);
    },
  };
}

/** Lines of a server count from 1 for each subscriber. */
function numbered(lines: readonly Omit<PlatformLogLine, 'line'>[], before: number): readonly LogLineRecord[] {
  return lines.map(({ attempt, at, text }, index) => ({ jobId: null, line: before + index + 1, attempt, at, text }));
}
