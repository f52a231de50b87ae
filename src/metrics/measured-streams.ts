import type { OperationEventRecord } from '../../resolvers/ports/records.ts';
import type { EventStreams, LogStreams } from '../../resolvers/ports/streams.ts';
import type { StreamMetrics } from './stream-metrics.ts';

/** The same streams, with their followers counted and the lag of live events measured. */
export function measureEvents(streams: EventStreams, metrics: StreamMetrics): EventStreams {
  return {
    followOperation: (operationId, after, signal) =>
      counted(
        streams.followOperation(operationId, after, signal),
        () => metrics.joined('operationEvents'),
        measureLag(metrics),
      ),
    followInstances: (instanceId, signal) =>
      counted(streams.followInstances(instanceId, signal), () => metrics.joined('instanceChanged')),
    followImages: (imageId, signal) =>
      counted(streams.followImages(imageId, signal), () => metrics.joined('imageChanged')),
    followOperations: (criteria, signal) =>
      counted(streams.followOperations(criteria, signal), () => metrics.joined('operationChanged')),
    followChanges: (after, signal) => counted(streams.followChanges(after, signal), () => metrics.joined('changes')),
    readChangesCursor: () => streams.readChangesCursor(),
  };
}

/** The same streams, with their followers counted. */
export function measureLogs(streams: LogStreams, metrics: StreamMetrics): LogStreams {
  return {
    readJob: (jobId, request) => streams.readJob(jobId, request),
    followJob: (jobId, request, signal) =>
      counted(streams.followJob(jobId, request, signal), () => metrics.joined('jobLogs')),
    followJobBatches: (jobId, request, signal) =>
      counted(streams.followJobBatches(jobId, request, signal), () => metrics.joined('jobLogBatches')),
    followInstance: (instanceId, request, signal) =>
      counted(streams.followInstance(instanceId, request, signal), () => metrics.joined('instanceLogs')),
    followInstanceBatches: (instanceId, request, signal) =>
      counted(streams.followInstanceBatches(instanceId, request, signal), () => metrics.joined('instanceLogBatches')),
  };
}

/** What happened before somebody came is replayed to them, which is not late. */
function measureLag(metrics: StreamMetrics): (event: OperationEventRecord) => void {
  const since = Date.now();
  return ({ at }) => {
    if (at.getTime() >= since) metrics.delivered((Date.now() - at.getTime()) / 1000);
  };
}

/** Whoever follows has joined with the first look, and has left when the source ends, fails or is returned. */
function counted<T>(
  source: AsyncIterable<T>,
  join: () => () => void,
  onValue: (value: T) => void = () => undefined,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const values = source[Symbol.asyncIterator]();
      let leave: (() => void) | null = join();
      const left = () => {
        leave?.();
        leave = null;
      };
      return {
        async next() {
          try {
            const result = await values.next();
            if (result.done) left();
            else onValue(result.value);
            return result;
          } catch (error) {
            left();
            throw error;
          }
        },
        async return() {
          left();
          return (await values.return?.()) ?? { done: true, value: undefined };
        },
      };
    },
  };
}
