import { afterAll, beforeAll, expect, it } from 'vitest';
import { workflows } from '../../jobs/registry.ts';
import { type DurablePrograms, makeDurablePrograms } from '../support/durable/durable-programs.ts';
import { deathsOf } from './plan.ts';
import { openSupply, type Supply } from './supply.ts';
import { emptyTally, type Fate, findFaults, runUndisturbed, runWave } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
const tally = emptyTally();
let durable: DurablePrograms;
let world: World;
let supply: Supply;
beforeAll(async () => {
  durable = await makeDurablePrograms();
  world = await openWorld({ programsDirectory: durable.programs.directory });
  supply = openSupply(world);
}, 10 * MINUTES);
afterAll(async () => {
  await world?.stop();
  await durable?.stop();
  process.stdout.write(`frozen workers: ${tally.points} points tried\n`);
}, 10 * MINUTES);

/** Begins that are used up one by one. */
async function supplyOf(workflow: string, number: number) {
  const begins = [...(await supply.beginsOf(workflow, number))];
  return async () => {
    const begin = begins.shift();
    if (begin === undefined) throw new Error(`nothing is left for ${workflow}`);
    return begin();
  };
}

it.each(workflows)(
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
