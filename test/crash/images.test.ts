import { afterAll, beforeAll, expect, it } from 'vitest';
import { fill } from './facts.ts';
import { deathsOf, type Example, expectAllTried, expectNoTrace } from './plan.ts';
import type { Plan } from './points.ts';
import { type Begin, emptyTally, runUndisturbed } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
const tally = emptyTally();
const examples = new Map<string, Example>();
/** Images that are AVAILABLE, to be deleted. */
const spare: string[] = [];
let world: World;
let source: string;
let image: string;
let physical: string;
let count = 0;
beforeAll(async () => {
  world = await openWorld();
  const [made] = await runUndisturbed(world, [{ begin: () => world.createInstance('source'), plan: 'succeed' }]);
  source = made?.subject.instanceId ?? '';
  await fill(world, source);
}, 10 * MINUTES);
afterAll(async () => {
  await world?.stop();
}, 10 * MINUTES);

const next = () => {
  count += 1;
  return `crash-${count}`;
};
const takeImage: Begin = () => world.createImage(next(), source);
const restore: Begin = () => world.createInstance(next(), image);
const takePhysical: Begin = () => world.createImage(next(), source, 'PHYSICAL');
const restorePhysical: Begin = () => world.createInstance(next(), physical);
const deleteImage: Begin = () => {
  const id = spare.shift();
  if (id === undefined) throw new Error('no image is left to delete');
  return world.deleteImage(id);
};

async function show(workflow: string, begin: Begin): Promise<void> {
  const plans: readonly Plan[] = ['succeed', 'fail'];
  const runs = await runUndisturbed(
    world,
    plans.map((plan) => ({ begin, plan })),
  );
  for (const [index, plan] of plans.entries()) {
    const run = runs[index];
    if (run !== undefined) examples.set(`${workflow} ${plan}`, { ...run, workflow, plan, begin });
  }
}

const deathsIn = (workflow: string) =>
  (['succeed', 'fail'] as const).flatMap((plan) => {
    const example = examples.get(`${workflow} ${plan}`);
    return example === undefined ? [] : deathsOf(example);
  });
const imageOf = (workflow: string) => examples.get(`${workflow} succeed`)?.facts.image[0];

it(
  'an image whose worker dies is taken or taken back as if it had not',
  async () => {
    await show('create-image', takeImage);
    expect(imageOf('create-image')).toMatchObject({ state: 'AVAILABLE', verified: true });
    const outcomes = await expectNoTrace(world, deathsIn('create-image'), tally);
    const taken = outcomes.filter(({ point }) => point.plan === 'succeed');
    spare.push(...taken.map(({ subject }) => subject.imageId ?? ''));
    image = spare.shift() ?? '';
  },
  40 * MINUTES,
);

it(
  'a preflight whose worker dies ends as if it had not, and what it wrote is gone',
  async () => {
    await show('run-preflight', world.runPreflight);
    const deaths = deathsIn('run-preflight');
    expect(await expectNoTrace(world, deaths, tally)).toHaveLength(deaths.length);
    for await (const { name } of world.container.listBlobsFlat({ prefix: '_trials/' })) expect(name).toBe('gone');
  },
  40 * MINUTES,
);

it(
  'a restore or a deletion whose worker dies ends as if it had not, with the data of the source or no blob at all',
  async () => {
    await show('restore-instance', restore);
    expect(examples.get('restore-instance succeed')?.facts).toMatchObject({
      phase: 'READY',
      data: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    await show('delete-image', deleteImage);
    expect(imageOf('delete-image')).toMatchObject({ state: 'DELETED' });
    const deaths = [...deathsIn('restore-instance'), ...deathsIn('delete-image')];
    const outcomes = await expectNoTrace(world, deaths, tally);
    expect(outcomes).toHaveLength(deaths.length);
  },
  90 * MINUTES,
);

it(
  'a physical image whose worker dies is taken or taken back, and restored, as if it had not',
  async () => {
    await show('create-physical-image', takePhysical);
    expect(imageOf('create-physical-image')).toMatchObject({ state: 'AVAILABLE', verified: true });
    const [taken] = await expectNoTrace(world, deathsIn('create-physical-image'), tally).then((outcomes) =>
      outcomes.filter(({ point }) => point.plan === 'succeed'),
    );
    physical = taken?.subject.imageId ?? '';
    await show('restore-physical-instance', restorePhysical);
    expect(examples.get('restore-physical-instance succeed')?.facts).toMatchObject({
      phase: 'READY',
      data: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const deaths = deathsIn('restore-physical-instance');
    expect(await expectNoTrace(world, deaths, tally)).toHaveLength(deaths.length);
  },
  90 * MINUTES,
);

it('deaths were tried in every workflow of the suite', () => expectAllTried('images', tally));
