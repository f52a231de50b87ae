import { expect, test } from 'vitest';
import type { OperationEventRecord } from '../../../resolvers/ports/records.ts';
import type { EventStreams, LogStreams } from '../../../resolvers/ports/streams.ts';
import { measureEvents, measureLogs } from '../../../src/metrics/measured-streams.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { parseMetrics } from '../../support/prometheus-text.ts';

const { signal } = new AbortController();

function eventAt(at: Date): OperationEventRecord {
  return { operationId: 'o', sequence: 1, at, state: 'RUNNING', percent: 0, step: null };
}

/** A source that gives what it is told to, and waits for ever when it has nothing. */
function sourceOf<T>() {
  const calls: string[] = [];
  let answer = Promise.withResolvers<IteratorResult<T>>();
  const iterator: AsyncIterableIterator<T> = {
    next: () => answer.promise,
    async return() {
      calls.push('return');
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return {
    iterator,
    calls,
    give(result: IteratorResult<T>) {
      answer.resolve(result);
      answer = Promise.withResolvers();
    },
    fail(error: Error) {
      answer.reject(error);
      answer = Promise.withResolvers();
    },
  };
}

function measured<T>(source: AsyncIterable<T>) {
  const metrics = createMetrics({ release: '0', mode: 'api' });
  const stream = () => source as unknown as AsyncIterable<never>;
  const events: EventStreams = {
    followOperation: stream,
    followInstances: stream,
    followImages: stream,
    followOperations: stream,
    followChanges: stream,
    readChangesCursor: async () => '',
  };
  const logs: LogStreams = {
    readJob: async () => [],
    followJob: stream,
    followJobBatches: stream,
    followInstance: stream,
    followInstanceBatches: stream,
  };
  return {
    events: measureEvents(events, metrics.streams),
    logs: measureLogs(logs, metrics.streams),
    page: async () => parseMetrics(await metrics.render()),
  };
}

test('each subscription is counted under its own name as long as it is followed', async () => {
  const source = sourceOf<never>();
  const { events, logs, page } = measured(source.iterator);
  const request = { tailLines: null, afterLine: null, follow: true };
  const streams: Record<string, AsyncIterable<unknown>> = {
    operationEvents: events.followOperation('o', 0, signal),
    instanceChanged: events.followInstances(null, signal),
    imageChanged: events.followImages(null, signal),
    operationChanged: events.followOperations({ instanceId: null, imageId: null }, signal),
    changes: events.followChanges(null, signal),
    jobLogs: logs.followJob('j', request, signal),
    jobLogBatches: logs.followJobBatches('j', request, signal),
    instanceLogs: logs.followInstance('i', { ...request, since: null }, signal),
    instanceLogBatches: logs.followInstanceBatches('i', { ...request, since: null }, signal),
  };
  for (const [subscription, stream] of Object.entries(streams)) {
    const follower = stream[Symbol.asyncIterator]();
    expect((await page()).value('toygres_subscribers', { subscription })).toBe(1);
    await follower.return?.();
    await follower.return?.();
    expect((await page()).value('toygres_subscribers', { subscription })).toBe(0);
  }
  expect(source.calls).toHaveLength(18);
});

test('a stream that ends or fails by itself is left, once', async () => {
  const source = sourceOf<OperationEventRecord>();
  const { events, page } = measured(source.iterator);
  const followers = [1, 2].map(() => events.followOperation('o', 0, signal)[Symbol.asyncIterator]());
  const open = async () => (await page()).value('toygres_subscribers', { subscription: 'operationEvents' });
  expect(await open()).toBe(2);
  const ended = followers[0]?.next();
  source.give({ done: true, value: undefined });
  expect(await ended).toEqual({ done: true, value: undefined });
  await followers[0]?.return?.();
  expect(await open()).toBe(1);
  const failed = followers[1]?.next();
  source.fail(new Error('gone'));
  await expect(failed).rejects.toThrow('gone');
  await followers[1]?.return?.();
  expect(await open()).toBe(0);
});

test('the lag of events is measured from their own time, and what is replayed is not late', async () => {
  const source = sourceOf<OperationEventRecord>();
  const { events, page } = measured(source.iterator);
  const follower = events.followOperation('o', 0, signal)[Symbol.asyncIterator]();
  const deliver = async (at: Date) => {
    const next = follower.next();
    source.give({ done: false, value: eventAt(at) });
    await next;
  };
  await deliver(new Date(Date.now() - 3_600_000));
  expect((await page()).value('toygres_event_lag_seconds_count')).toBeNull();
  // A database whose clock is ahead is not early either.
  await deliver(new Date(Date.now() + 60_000));
  await deliver(new Date());
  const after = await page();
  expect(after.value('toygres_event_lag_seconds_count')).toBe(2);
  expect(after.value('toygres_event_lag_seconds_sum')).toBeLessThan(5);
  expect(after.value('toygres_event_lag_seconds_sum')).toBeGreaterThanOrEqual(0);
});
