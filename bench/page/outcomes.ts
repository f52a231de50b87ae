import { median } from '../figures.ts';
import { GOALS } from '../goals.ts';
import type { Section } from '../options.ts';
import type { Measurement, SectionReport } from '../report.ts';

/** A measurement that has a goal, held against it. */
export interface Outcome {
  readonly section: string;
  readonly name: string;
  readonly unit: string;
  readonly own: number;
  /** The plain tools in the same runs; null where the goal is of the figure itself. */
  readonly peer: { readonly name: string; readonly value: number } | null;
  /** What is held against the goal: the ratio, or the figure. */
  readonly value: number;
  readonly goal: number;
  readonly runs: number;
  readonly notes: readonly string[];
}

/** The measurements of a section that have goals, in its order. */
export function outcomesOf(section: Section, { section: title, measurements }: SectionReport): Outcome[] {
  return measurements.flatMap((one) => {
    const goal = GOALS[section]?.[one.name];
    return goal === undefined ? [] : [outcomeOf(title, one, goal)];
  });
}

function outcomeOf(section: string, { name, unit, values, against, notes = [] }: Measurement, goal: number): Outcome {
  const own = median(values);
  const [first] = against ?? [];
  const peer = first === undefined ? null : { name: first.name, value: median(first.values) };
  const value = peer === null ? own : own / peer.value;
  return { section, name, unit, own, peer, value, goal, runs: values.length, notes };
}
