import { expect } from 'vitest';
import type { Facts } from './facts.ts';
import { oneOfEachStep, type Plan, type Point, pointsOf } from './points.ts';
import { suites } from './suites.ts';
import { type Begin, findFaults, type Outcome, runWave, type Tally, type Undisturbed, workflowNamed } from './waves.ts';
import type { World } from './world.ts';

/** `npm run test:crash` tries every point; `npm test` one of each step. */
const EVERY = process.env.CRASH_POINTS === 'all';
/** So many operations die with one worker: they all work on one machine. */
const AT_ONCE = 24;

/** An undisturbed run of a workflow, and how to begin another that must end like it. */
export interface Example extends Pick<Undisturbed, 'facts' | 'trace'> {
  readonly workflow: string;
  readonly plan: Plan;
  readonly begin: Begin;
}

export interface Death {
  readonly point: Point;
  readonly begin: Begin;
  readonly expected: Facts;
}

/** The deaths that are to be tried for the workflow of an example. */
export function deathsOf({ workflow, plan, facts, trace, begin }: Example): readonly Death[] {
  const all = pointsOf(workflowNamed(workflow), plan, trace);
  const points = EVERY ? all : oneOfEachStep(all, workflow.length);
  return points.map((point) => ({ point, begin, expected: facts }));
}

/** Tries them in waves; fails with all that is not as it would be undisturbed. Answers with what was worked on. */
export async function expectNoTrace(world: World, deaths: readonly Death[], tally: Tally): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let from = 0; from < deaths.length; from += AT_ONCE) {
    outcomes.push(...(await runWave(world, deaths.slice(from, from + AT_ONCE), tally)));
  }
  expect(await findFaults(world, outcomes)).toEqual([]);
  return outcomes;
}

/** Says how many deaths were tried; fails when there was none in a workflow of the suite. */
export function expectAllTried(suite: keyof typeof suites, { points, longestTakeOverMs, workflows }: Tally): void {
  const seconds = (longestTakeOverMs / 1000).toFixed(1);
  process.stdout.write(`crash points of ${suite}: ${points} tried, each taken over within ${seconds} s\n`);
  expect([...workflows].sort()).toEqual([...suites[suite]].sort());
}
