import { afterAll, beforeAll, expect, it } from 'vitest';
import { fill } from './facts.ts';
import { type Death, deathsOf, type Example, expectAllTried, expectNoTrace } from './plan.ts';
import type { Plan } from './points.ts';
import { type Begin, emptyTally, runUndisturbed, workflowNamed } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
/** Where all points are not tried, those of the steps of a restore are tried with restores. */
const EVERY = process.env.CRASH_POINTS === 'all';
const tally = emptyTally();
let world: World;
let logical: string;
let physical: string;

beforeAll(async () => {
  world = await openWorld();
  const [made] = await runUndisturbed(world, [{ begin: () => world.createInstance('source'), plan: 'succeed' }]);
  const source = made?.subject.instanceId ?? '';
  await fill(world, source);
  const taken = await runUndisturbed(world, [
    { begin: () => world.createImage('logical', source), plan: 'succeed' },
    { begin: () => world.createImage('physical', source, 'PHYSICAL'), plan: 'succeed' },
  ]);
  [logical = '', physical = ''] = taken.map(({ subject }) => subject.imageId ?? '');
}, 10 * MINUTES);
afterAll(async () => {
  await world?.stop();
}, 10 * MINUTES);

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

function ownDeaths(example: Example, restore: string): readonly Death[] {
  const shared = new Set(workflowNamed(restore).steps.map(({ name }) => name));
  const isOwn = ({ point }: Death) => !shared.has(point.moment.slice(0, point.moment.lastIndexOf(': ')));
  return EVERY ? deathsOf(example) : deathsOf(example).filter(isOwn);
}

async function expectThrownAway(examples: readonly Example[], restore: string): Promise<void> {
  const [passed, failed] = examples;
  expect(passed?.facts.drills).toMatchObject([{ state: 'PASSED', recovered: true, isOver: true, findings: [] }]);
  expect(passed?.facts.drills[0]?.compared[2]).toBe(500);
  expect(failed?.facts.drills).toMatchObject([{ state: 'FAILED', recovered: true, isOver: true }]);
  for (const { facts } of examples) expect(facts.objects).toEqual([]);
  const deaths = examples.flatMap((example) => ownDeaths(example, restore));
  expect(deaths.length).toBeGreaterThan(12);
  // What is left on the platform, its image and its record stand in the facts: the same as if nobody had died.
  expect(await expectNoTrace(world, deaths, tally)).toHaveLength(deaths.length);
}

it(
  'a drill of a logical image whose worker dies proves it or not as if it had not, and throws its server away',
  async () => {
    const examples = await show('verify-image', () => world.verifyImage(logical));
    await expectThrownAway(examples, 'restore-instance');
  },
  90 * MINUTES,
);

it(
  'a drill of a physical image whose worker dies does the same',
  async () => {
    const examples = await show('verify-physical-image', () => world.verifyImage(physical));
    await expectThrownAway(examples, 'restore-physical-instance');
  },
  90 * MINUTES,
);

it('deaths were tried in every workflow of the suite', () => expectAllTried('drills', tally));
