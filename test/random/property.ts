import fc from 'fast-check';
import type { LoadBed } from '../support/load-bed.ts';
import { bringBack } from './bring-back.ts';
import { PARTS } from './parts/all.ts';
import { type Wish, writeDatabase } from './write-database.ts';

const wish: fc.Arbitrary<Wish> = fc.record({
  part: fc.constantFrom(...Object.keys(PARTS)),
  seed: fc.nat(1_000_000),
});

/** What databases are made of. */
export const WISHES = fc.array(wish, { minLength: 1, maxLength: 24, size: 'max' });

/** Counts of what was tried. */
export interface Tried {
  databases: number;
  statements: number;
  refused: number;
}

/** What comes back is what there was, and nothing is said to be otherwise. */
export function databasesComeBack(bed: LoadBed, tried: Tried) {
  return fc.asyncProperty(WISHES, async (wishes) => {
    tried.databases += 1;
    const { made, refused, differences, ...found } = await bringBack(
      bed,
      `random ${tried.databases}`,
      writeDatabase(wishes),
    );
    // One that was filled before the rows of its tables is filled with all of them.
    const findings = found.findings.filter(({ code }) => code !== 'MATERIALIZED_VIEW_REFRESHED');
    tried.statements += made.length;
    tried.refused += refused.length;
    if (findings.length === 0 && differences.length === 0) return;
    throw new Error(
      [
        ...findings.map((one) => `finding: ${one.code} ${one.severity} ${one.object}: ${one.message}`),
        ...differences.map((one) => `difference: ${one.slice(0, 2000)}`),
        'The database was made by:',
        ...made.map((one) => `${one};`),
      ].join('\n'),
    );
  });
}
