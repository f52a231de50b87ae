import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DurablePrograms, makeDurablePrograms } from '../support/durable/durable-programs.ts';
import { readFunctions, startFunction } from '../support/durable/durable-server.ts';
import { asClient, fill } from './facts.ts';
import { type Death, deathsOf, type Example, expectAllTried, expectNoTrace } from './plan.ts';
import type { Plan } from './points.ts';
import { type Begin, emptyTally, runUndisturbed, workflowNamed } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
/** Where all points are not tried, those of steps that other workflows have too are tried there. */
const EVERY = process.env.CRASH_POINTS === 'all';
const tally = emptyTally();
let durable: DurablePrograms;
let world: World;
let source: string;
let image: string;
let physical: string;
let count = 0;

const serverOf = (instanceId: string) => ({
  query: async (_: string, sql: string) => {
    const answer = await asClient(world, instanceId, (client) => client.query(sql));
    return [answer].flat().at(-1)?.rows ?? [];
  },
});
const next = () => {
  count += 1;
  return `crash-${count}`;
};
const create: Begin = () => world.createInstance(next(), null, { imageType: 'PG_DURABLE' });
const restore: Begin = () => world.createInstance(next(), image);

async function show(workflow: string, begin: Begin): Promise<readonly Example[]> {
  const plans: readonly Plan[] = ['succeed', 'fail'];
  const runs = await runUndisturbed(
    world,
    plans.map((plan) => ({ begin, plan })),
  );
  return runs.flatMap((run, index) => {
    const plan = plans[index];
    return plan === undefined ? [] : [{ ...run, workflow, plan, begin }];
  });
}

/** Those in steps that the workflow of servers without pg_durable does not have, and in the last of the job. */
function ownDeaths(example: Example, other: string): readonly Death[] {
  const shared = new Set(workflowNamed(other).steps.map(({ name }) => name));
  for (const lastOfJob of ['Gather statistics', 'Recover the cluster']) shared.delete(lastOfJob);
  const isOwn = ({ point }: Death) => !shared.has(point.moment.slice(0, point.moment.lastIndexOf(': ')));
  return EVERY ? deathsOf(example) : deathsOf(example).filter((death) => example.plan === 'succeed' && isOwn(death));
}

beforeAll(async () => {
  durable = await makeDurablePrograms();
  world = await openWorld({ programsDirectory: durable.programs.directory });
  const [made] = await runUndisturbed(world, [{ begin: create, plan: 'succeed' }]);
  source = made?.subject.instanceId ?? '';
  await fill(world, source);
  const server = serverOf(source);
  await server.query('postgres', `CREATE ROLE clerk LOGIN; SELECT df.grant_usage('clerk'); GRANT INSERT ON t TO clerk`);
  const row = { sql: `INSERT INTO t VALUES (1000, 'a step that ran')` };
  await startFunction(server, 'waiting', [{ signal: 'go' }, row], 'clerk');
  // Overdue in every copy: the first worker that may runs it at once, and then the data is not the image's.
  await startFunction(server, 'due', [{ sleep: 20 }, row], 'clerk');
  const [taken] = await runUndisturbed(world, [{ begin: () => world.createImage(next(), source), plan: 'succeed' }]);
  image = taken?.subject.imageId ?? '';
  expect(taken?.facts.image[0]).toMatchObject({ state: 'AVAILABLE' });
  const takePhysical: Begin = () => world.createImage(next(), source, 'PHYSICAL');
  const [copied] = await runUndisturbed(world, [{ begin: takePhysical, plan: 'succeed' }]);
  physical = copied?.subject.imageId ?? '';
  expect(copied?.facts.image[0]).toMatchObject({ state: 'AVAILABLE' });
}, 5 * MINUTES);
afterAll(async () => {
  await world?.stop();
  await durable?.stop();
}, 10 * MINUTES);

it(
  'a creation whose worker dies ends as if it had not, with the extension and a worker of pg_durable that is alive',
  async () => {
    const examples = await show('create-durable-instance', create);
    expect(examples[0]?.facts.operation[0]).toMatchObject({ state: 'SUCCEEDED' });
    const deaths = examples.flatMap((example) => ownDeaths(example, 'create-instance'));
    expect(deaths.length).toBeGreaterThan(2);
    for (const { subject, point } of await expectNoTrace(world, deaths, tally)) {
      if (point.plan === 'succeed') expect(await readFunctions(serverOf(subject.instanceId ?? ''))).toEqual({});
    }
  },
  60 * MINUTES,
);

it(
  'a restore whose worker dies ends as if it had not, and no function does a step, however often it was begun',
  async () => {
    const examples = await show('restore-durable-instance', restore);
    const copies = await show('restore-durable-physical-instance', () => world.createInstance(next(), physical));
    for (const [example] of [examples, copies]) {
      expect(example?.facts).toMatchObject({ phase: 'READY', data: expect.stringMatching(/^[0-9a-f]{32}$/) });
    }
    const deaths = [
      ...examples.flatMap((example) => ownDeaths(example, 'restore-instance')),
      ...copies.flatMap((example) => ownDeaths(example, 'restore-physical-instance')),
    ];
    expect(deaths.length).toBeGreaterThan(2);
    for (const { subject, point } of await expectNoTrace(world, deaths, tally)) {
      if (point.plan !== 'succeed') continue;
      const copy = serverOf(subject.instanceId ?? '');
      expect(await readFunctions(copy)).toEqual({ due: 'cancelled', waiting: 'cancelled' });
      expect(await copy.query('postgres', 'SELECT FROM t WHERE n = 1000')).toEqual([]);
    }
  },
  90 * MINUTES,
);

it(
  'a drill whose worker dies proves the image or not as if it had not, with a worker of pg_durable of its own',
  async () => {
    const logical = await show('verify-durable-image', () => world.verifyImage(image));
    const copied = await show('verify-durable-physical-image', () => world.verifyImage(physical));
    for (const [passed, failed] of [logical, copied]) {
      expect(passed?.facts.drills).toMatchObject([{ state: 'PASSED', recovered: true, isOver: true }]);
      expect(failed?.facts.drills).toMatchObject([{ state: 'FAILED', recovered: true, isOver: true }]);
      expect([passed?.facts.objects, failed?.facts.objects]).toEqual([[], []]);
    }
    const deaths = [
      ...logical.flatMap((example) => ownDeaths(example, 'verify-image')),
      ...copied.flatMap((example) => ownDeaths(example, 'verify-physical-image')),
    ];
    expect(deaths.length).toBeGreaterThan(1);
    expect(await expectNoTrace(world, deaths, tally)).toHaveLength(deaths.length);
  },
  90 * MINUTES,
);

it('deaths were tried in every workflow of the suite', () => expectAllTried('servers with pg_durable', tally));
