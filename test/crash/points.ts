import type { Workflow } from '../../jobs/workflow/define-workflow.ts';
import type { Moment } from './moments.ts';

/** Whether the operation is to succeed, or to fail late so that it is compensated. */
export type Plan = 'succeed' | 'fail';

/** One death of a worker. */
export interface Point {
  readonly workflow: string;
  readonly plan: Plan;
  readonly moment: Moment;
  /** Only `amid`: half of the time that the verb took undisturbed. */
  readonly afterMs: number;
}

/** The moments of an undisturbed run in the order in which they were first seen, in milliseconds of some clock. */
export type Trace = ReadonlyMap<Moment, number>;

const whereOf = (moment: Moment) => moment.slice(0, moment.lastIndexOf(': '));

/**
 * Every point of a workflow that an undisturbed run has passed: up to the end when it succeeds; from the failure on when
 * it fails, since the way there is the same. Throws when a declared step was not passed: it would go untested.
 */
export function pointsOf(workflow: Workflow, plan: Plan, trace: Trace): readonly Point[] {
  const moments = [...trace.keys()];
  for (const { name } of workflow.steps) {
    if (plan === 'succeed' && !moments.includes(`${name}: committed`)) {
      throw new Error(`an undisturbed run of ${workflow.name} does not pass "${name}": no crash in it is tried`);
    }
  }
  const declared = new Set(workflow.steps.map(({ name }) => name));
  const chosen = plan === 'succeed' ? ['run: taken', ...moments] : moments.filter((each) => !isForward(each, declared));
  return chosen.map((moment) => {
    const at = trace.get(moment) ?? 0;
    const after = trace.get(moment.replace(': amid ', ': after ')) ?? at;
    return { workflow: workflow.name, plan, moment, afterMs: (after - at) / 2 };
  });
}

const isForward = (moment: Moment, declared: ReadonlySet<string>) =>
  declared.has(whereOf(moment)) || moment === 'run: claimed';

/** One point of each step and undo step, another boundary in each, and those before the first and after the last. */
export function oneOfEachStep(points: readonly Point[], shift: number): readonly Point[] {
  const places = Map.groupBy(points, ({ moment }) => whereOf(moment));
  return [...places.values()].flatMap((at, index) => {
    const point = at[(index * 2 + shift) % at.length];
    return point === undefined ? [] : [point];
  });
}
