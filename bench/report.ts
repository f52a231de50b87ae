import { median } from './figures.ts';
import type { MachineFacts } from './machine.ts';

/** One thing that was measured, several times. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  /** Of each run, in order. */
  readonly values: readonly number[];
  /** The same done with plain tools, in the same runs. */
  readonly against?: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Where the time went, or what has to be known. */
  readonly notes?: readonly string[];
}

export interface SectionReport {
  readonly section: string;
  readonly measurements: readonly Measurement[];
}

function withUnit(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 4;
  return `${value.toFixed(digits)} ${unit}`;
}

const spread = (values: readonly number[], unit: string) =>
  values.length < 2 ? '' : `  (${withUnit(Math.min(...values), unit)} to ${withUnit(Math.max(...values), unit)})`;

function linesOf({ name, unit, values, against = [], notes = [] }: Measurement): string[] {
  const own = median(values);
  return [
    `  ${name.padEnd(44)} ${withUnit(own, unit)}${spread(values, unit)}`,
    ...against.map((other) => {
      const theirs = median(other.values);
      const ratio = own / theirs;
      return `    ${`against ${other.name}`.padEnd(42)} ${withUnit(theirs, unit)}${spread(other.values, unit)}  ratio ${ratio.toFixed(2)}`;
    }),
    ...notes.map((note) => `    ${note}`),
  ];
}

/** The report as people read it: medians, with the smallest and the largest of the runs. Ratios below 1 are less time. */
export function formatReport(machine: MachineFacts, sections: readonly SectionReport[]): string {
  const facts = Object.entries(machine).map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  const blocks = sections.map(({ section, measurements }) => [section, ...measurements.flatMap(linesOf)].join('\n'));
  return [['machine', ...facts].join('\n'), ...blocks].join('\n\n');
}

/** The same for programs, with the medians and ratios worked out. */
export function reportAsJson(machine: MachineFacts, sections: readonly SectionReport[]): string {
  const worked = sections.map(({ section, measurements }) => ({
    section,
    measurements: measurements.map(({ against = [], ...own }) => ({
      ...own,
      median: median(own.values),
      against: against.map((other) => ({
        ...other,
        median: median(other.values),
        ratio: median(own.values) / median(other.values),
      })),
    })),
  }));
  return JSON.stringify({ machine, sections: worked }, null, 2);
}
