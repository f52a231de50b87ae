import { afterAll, beforeAll, expect, it } from 'vitest';
import { deathsOf } from './plan.ts';
import { openSupply, type Supply, suppliedWorkflows } from './supply.ts';
import { type Fate, findFaults, runUndisturbed, runWave, type Tally } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
const tally: Tally = { points: 0, longestTakeOverMs: 0 };
let world: World;
let supply: Supply;
beforeAll(async () => {
  world = await openWorld();
  supply = openSupply(world);
}, 2 * MINUTES);
afterAll(async () => {
  await world?.stop();
  process.stdout.write(`frozen workers: ${tally.points} points tried\n`);
}, 2 * MINUTES);

/** Begins that are used up one by one. */
async function supplyOf(workflow: string, number: number) {
  const begins = [...(await supply.beginsOf(workflow, number))];
  return async () => {
    const begin = begins.shift();
    if (begin === undefined) throw new Error(`nothing is left for ${workflow}`);
    return begin();
  };
}

it.each(suppliedWorkflows)(
  '$name ends as if nothing had been when its worker freezes and goes on after it was replaced',
  async ({ name }) => {
    const shown = await supplyOf(name, 2);
    const plans = ['succeed', 'fail'] as const;
    const runs = await runUndisturbed(
      world,
      plans.map((plan) => ({ begin: shown, plan })),
    );
    const points = runs.flatMap((run, at) =>
      deathsOf({ ...run, workflow: name, plan: plans[at] ?? 'succeed', begin: shown }),
    );
    // A verb that froze holds its object's lock: nobody gets on with it before the process is woken.
    const late = points.filter(({ point }) => !point.moment.includes(': amid '));
    const waves: readonly (readonly [typeof points, Fate])[] = [
      [points, 'freeze until replaced'],
      [late, 'freeze until over'],
    ];
    for (const [deaths, fate] of waves) {
      const begin = await supplyOf(name, deaths.length);
      const outcomes = await runWave(
        world,
        deaths.map((death) => ({ ...death, begin })),
        tally,
        fate,
      );
      expect(await findFaults(world, outcomes)).toEqual([]);
    }
  },
  40 * MINUTES,
);
