import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import type { RecordCounts } from '../../../src/metrics/record-counts.ts';
import { parseMetrics } from '../../support/prometheus-text.ts';

const build = { release: '1.2.3', mode: 'worker' };
const NOTHING: RecordCounts = {
  operations: [],
  instances: [],
  images: [],
  jobs: [],
  drift: [],
  queue: { depth: 0, oldestSeconds: 0 },
  liveWorkers: 0,
  alerts: [],
  readiness: [],
  readinessAgeSeconds: null,
  imageAges: null,
  drills: [],
  proofs: null,
  servers: null,
};

afterEach(() => void vi.useRealTimers());

async function readPage(metrics: ReturnType<typeof createMetrics>) {
  return parseMetrics(await metrics.render());
}

describe('a page', () => {
  test('tells of its process before anything has happened', async () => {
    const page = await readPage(createMetrics(build));
    expect(page.value('toygres_build_info', { version: '1.2.3', mode: 'worker' })).toBe(1);
    expect(page.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(page.value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(page.value('toygres_subscribers', { subscription: 'jobLogs' })).toBe(0);
  });

  test('has names as Prometheus wants them, a help for each family, and units in names', async () => {
    const metrics = createMetrics(build);
    metrics.observeRecords(async () => NOTHING);
    const { families } = await readPage(metrics);
    for (const { name, type, help } of families.values()) {
      expect(name).toMatch(/^(toygres|process)_[a-z]+(_[a-z]+)*$/);
      expect(help).toMatch(/^[A-Z].*\.$/);
      if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
    }
  });

  test('counts claims, takeovers, steps and ends by workflow', async () => {
    const { runs, render } = createMetrics(build);
    runs.begin(['create-image']);
    runs.runClaimed({ workflow: 'create-image', takeover: false });
    const before = parseMetrics(await render());
    expect(before.value('toygres_worker_takeovers_total', { workflow: 'create-image' })).toBe(0);
    runs.runClaimed({ workflow: 'create-image', takeover: true });
    runs.stepEnded({ workflow: 'create-image', step: 'Dump', end: 'succeeded', seconds: 7 });
    runs.stepEnded({ workflow: 'create-image', step: 'Dump', end: 'succeeded', seconds: 0.02 });
    runs.runEnded({ workflow: 'create-image', end: 'CANCELLED' });
    const page = parseMetrics(await render());
    const step = { workflow: 'create-image', step: 'Dump', end: 'succeeded' };
    expect(page.value('toygres_worker_claims_total')).toBe(2);
    expect(page.value('toygres_worker_takeovers_total')).toBe(1);
    expect(page.value('toygres_step_duration_seconds_count', step)).toBe(2);
    expect(page.value('toygres_step_duration_seconds_sum', step)).toBeCloseTo(7.02);
    expect(page.value('toygres_step_duration_seconds_bucket', { ...step, le: '5' })).toBe(1);
    expect(page.value('toygres_operations_ended_total', { workflow: 'create-image', end: 'cancelled' })).toBe(1);
  });

  test('begins every count that alerts look at with 0: a series that begins with 1 never rose', async () => {
    const { runs, api, render } = createMetrics(build);
    expect((await render()).match(/_total\{/g)).toBeNull();
    runs.begin(['create-image', 'stop-instance']);
    api.begin();
    const page = parseMetrics(await render());
    for (const workflow of ['create-image', 'stop-instance']) {
      expect(page.value('toygres_worker_claims_total', { workflow })).toBe(0);
      for (const end of ['succeeded', 'failed', 'cancelled'])
        expect(page.value('toygres_operations_ended_total', { workflow, end })).toBe(0);
    }
    for (const code of ['INTERNAL', 'STEP_FAILED', 'GRAPHQL_PARSE_FAILED'])
      expect(page.value('toygres_api_errors_total', { code })).toBe(0);
    for (const reason of ['credentials', 'attempts'])
      expect(page.value('toygres_logins_refused_total', { reason })).toBe(0);
  });

  test('escapes what a label must not hold as it is', async () => {
    const { runs, render } = createMetrics(build);
    const workflow = 'a "b"\\c\nd{}=,';
    runs.runEnded({ workflow, end: 'FAILED' });
    expect(parseMetrics(await render()).value('toygres_operations_ended_total', { workflow })).toBe(1);
  });
});

describe('gauges of records', () => {
  test('show every combination of kind and state, with 0 where there is none', async () => {
    const metrics = createMetrics(build);
    metrics.observeRecords(async () => ({
      ...NOTHING,
      operations: [{ kind: 'CREATE_IMAGE', state: 'FAILED', count: 3 }],
      instances: [{ state: 'RUNNING', health: 'UNHEALTHY', count: 2 }],
      images: [{ state: 'AVAILABLE', count: 5, sizeBytes: 12_000 }],
      drift: [{ kind: 'VOLUME', state: 'PENDING', count: 1 }],
      queue: { depth: 4, oldestSeconds: 1.5 },
      liveWorkers: 2,
    }));
    const page = await readPage(metrics);
    expect(page.value('toygres_records_up')).toBe(1);
    expect(page.value('toygres_operations', { kind: 'create_image', state: 'failed' })).toBe(3);
    expect(page.value('toygres_operations', { kind: 'delete_image', state: 'queued' })).toBe(0);
    expect(page.value('toygres_instances', { state: 'running', health: 'unhealthy' })).toBe(2);
    expect(page.value('toygres_instances', { state: 'running', health: 'healthy' })).toBe(0);
    expect(page.value('toygres_images', { state: 'available' })).toBe(5);
    expect(page.value('toygres_images_stored_bytes')).toBe(12_000);
    expect(page.value('toygres_drift', { kind: 'volume', state: 'pending' })).toBe(1);
    expect(page.value('toygres_jobs', { kind: 'backup', state: 'running' })).toBe(0);
    expect(page.value('toygres_queue_depth')).toBe(4);
    expect(page.value('toygres_queue_oldest_age_seconds')).toBe(1.5);
    expect(page.value('toygres_workers')).toBe(2);
    expect(page.families.get('toygres_instance_up')?.samples ?? []).toEqual([]);
  });

  test('are left out, and said to be, when the records cannot be read', async () => {
    const metrics = createMetrics(build);
    vi.useFakeTimers({ toFake: ['performance'] });
    let isDown = false;
    metrics.observeRecords(async () => {
      if (isDown) throw new Error('the database holds the password hunter2');
      return NOTHING;
    });
    expect((await readPage(metrics)).value('toygres_queue_depth')).toBe(0);
    isDown = true;
    vi.advanceTimersByTime(6000);
    const text = await metrics.render();
    expect(text).not.toContain('hunter2');
    const without = parseMetrics(text);
    expect(without.value('toygres_records_up')).toBe(0);
    expect(without.value('toygres_queue_depth')).toBeNull();
    expect(without.value('toygres_build_info')).toBe(1);
    isDown = false;
    expect((await readPage(metrics)).value('toygres_records_up')).toBe(1);
  });

  test('show instances one by one where that was asked for', async () => {
    const metrics = createMetrics(build);
    const namespace = 'toygres-managed';
    metrics.observeRecords(async () => ({
      ...NOTHING,
      servers: [
        { name: 'orders', namespace, health: 'HEALTHY' },
        { name: 'shop', namespace, health: 'UNHEALTHY' },
        { name: 'new', namespace, health: 'UNKNOWN' },
      ],
    }));
    const page = await readPage(metrics);
    expect(page.value('toygres_instance_up', { name: 'orders', namespace })).toBe(1);
    expect(page.value('toygres_instance_up', { name: 'shop' })).toBe(0);
    expect(page.value('toygres_instance_up', { name: 'new' })).toBeNaN();
  });

  test('of an instance that is gone are gone with it', async () => {
    const metrics = createMetrics(build);
    vi.useFakeTimers({ toFake: ['performance'] });
    let names = Array.from({ length: 3000 }, (_, index) => `i-${index}`);
    const healthy = (name: string) => ({ name, namespace: 'n', health: 'HEALTHY' as const });
    metrics.observeRecords(async () => ({ ...NOTHING, servers: names.map(healthy) }));
    const before = await readPage(metrics);
    expect(before.families.get('toygres_instance_up')?.samples).toHaveLength(3000);
    names = ['i-1'];
    vi.advanceTimersByTime(6000);
    const after = await readPage(metrics);
    expect(after.families.get('toygres_instance_up')?.samples.map(({ labels }) => labels.name)).toEqual(['i-1']);
  });
});
