import { setTimeout as delay } from 'node:timers/promises';
import type { JobSpec } from '../jobs/ports/platform/jobs.ts';
import type { TestNamespace } from '../test/support/cluster.ts';
import { ENDLESS } from '../test/support/job-bench.ts';
import { jobSpec } from '../test/support/platform-specs.ts';
import type { Place } from './place.ts';
import type { Measurement } from './report.ts';

const MANY = 50;
/** As many pods as one small node has room for; the other jobs wait for their turn, and are waited for as well. */
const AT_ONCE = 10;
const SECONDS = 30;

/** Calls of the API server a second while so many jobs are looked at every second, as the workers look at them. */
export async function benchWaiting({ say }: Place, namespace: TestNamespace): Promise<Measurement[]> {
  const resources = { cpu: { request: '10m', limit: '1' }, memory: { request: '16Mi', limit: '64Mi' } };
  const platform = await namespace.open({ jobConcurrency: AT_ONCE, jobResources: resources });
  const specs = Array.from(
    { length: MANY },
    (): JobSpec => ({
      ...jobSpec(ENDLESS, { deadlineSeconds: 3_600 }),
      namespace: namespace.name,
    }),
  );
  const begin = async (some: readonly JobSpec[]) => {
    for (const spec of some) await platform.ensureJob(spec);
    for (const expected = Math.min(AT_ONCE, some.length); ; await delay(500)) {
      const states = await Promise.all(some.map((spec) => platform.readJob(spec)));
      if (states.filter(({ state }) => state === 'RUNNING').length >= expected) return;
    }
  };
  const measure = async (some: readonly JobSpec[]) => {
    const [calls, begunAt] = [platform.apiCalls, performance.now()];
    for (let second = 0; second < SECONDS; second += 1) {
      for (const spec of some) await platform.readJob(spec);
      await delay(1000);
    }
    return (platform.apiCalls - calls) / ((performance.now() - begunAt) / 1000);
  };
  try {
    say('cluster: waiting for 1 job ...');
    await begin(specs.slice(0, 1));
    const one = await measure(specs.slice(0, 1));
    say(`cluster: waiting for ${MANY} jobs ...`);
    await begin(specs);
    const many = await measure(specs);
    return [
      { name: 'API calls while 1 job is waited for', unit: '1/s', values: [one] },
      {
        name: `API calls while ${MANY} jobs are waited for`,
        unit: '1/s',
        values: [many],
        notes: [`${AT_ONCE} of them run, the others wait for their turn; each is looked at once a second`],
      },
    ];
  } finally {
    say('cluster: removing the jobs ...');
    await Promise.all(specs.toReversed().map((spec) => platform.removeJob(spec)));
  }
}
