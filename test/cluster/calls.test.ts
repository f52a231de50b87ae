import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import type { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes-platform.ts';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { jobSpec } from '../support/platform-specs.ts';

const MANY = 8;
const WATCHED_MS = 15_000;

let namespace: TestNamespace;
let platform: KubernetesPlatform;
beforeAll(async () => {
  namespace = await createTestNamespace();
  const little = { cpu: { request: '10m', limit: '1' }, memory: { request: '32Mi', limit: '256Mi' } };
  platform = await namespace.open({ jobConcurrency: MANY, jobResources: little });
});
afterAll(() => namespace?.stop());

const sleeper = (): JobSpec => ({
  ...jobSpec('sleep 600; echo "::toygres:: result {}"', { deadlineSeconds: 900 }),
  namespace: namespace.name,
});

async function startAll(specs: readonly JobSpec[]): Promise<void> {
  for (const spec of specs) await platform.ensureJob(spec);
  await eventually(
    () => Promise.all(specs.map((spec) => platform.readJob(spec))),
    (all) => all.every(({ state }) => state === 'RUNNING'),
    180_000,
  );
}

/** Calls of the API server while the jobs are looked at twice a second, as runs that wait do. */
async function countCalls(specs: readonly JobSpec[]): Promise<number> {
  const before = platform.apiCalls;
  const until = performance.now() + WATCHED_MS;
  while (performance.now() < until) {
    for (const spec of specs) await platform.readJob(spec);
    await delay(500);
  }
  return platform.apiCalls - before;
}

test('waiting for many jobs costs the API server no more calls than waiting for one', async () => {
  const specs = Array.from({ length: MANY }, sleeper);
  try {
    await startAll(specs.slice(0, 1));
    const one = await countCalls(specs.slice(0, 1));
    await startAll(specs);
    const many = await countCalls(specs);
    process.stdout.write(`calls in ${WATCHED_MS / 1000} s: ${one} for 1 job, ${many} for ${MANY} jobs\n`);
    // A round of the platform's own may fall in between (policies, and watches that are taken up again: five calls), but there
    // is no call for each job.
    expect(many).toBeLessThan(one + MANY);
  } finally {
    // What is left would keep the next job from its slot.
    await Promise.all(specs.map((spec) => platform.removeJob(spec)));
  }
});

/** Calls, and milliseconds, from a cancel to the answer of the API server that the Job is going. */
async function cancelOne(): Promise<{ readonly calls: number; readonly tookMs: number }> {
  const spec = sleeper();
  await startAll([spec]);
  const job = `/apis/batch/v1/namespaces/${namespace.name}/jobs/${spec.name}`;
  const [callsBefore, asked] = [platform.apiCalls, performance.now()];
  const cancelled = platform.cancelJob(spec);
  await eventually(
    () => namespace.ask('GET', job),
    ({ status, body }) => {
      const { metadata } = body as { metadata?: { deletionTimestamp?: string } };
      return status === 404 || metadata?.deletionTimestamp !== undefined;
    },
  );
  const took = { calls: platform.apiCalls - callsBefore, tookMs: Math.round(performance.now() - asked) };
  await cancelled;
  expect(await platform.readJob(spec)).toMatchObject({ state: 'CANCELLED' });
  await platform.removeJob(spec);
  return took;
}

test('the API server has the end of a cancelled job after a handful of calls', async () => {
  const took = [await cancelOne(), await cancelOne(), await cancelOne()];
  process.stdout.write(`the end of a cancelled job was accepted after ${JSON.stringify(took)}\n`);
  // A round of the platform's own may fall in between; no number of them says that something was waited for.
  for (const { calls } of took) expect(calls).toBeLessThan(15);
});
