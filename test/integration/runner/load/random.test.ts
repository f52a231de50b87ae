import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRoles } from '../../../random/bring-back.ts';
import { PARTS } from '../../../random/parts/all.ts';
import { databasesComeBack } from '../../../random/property.ts';
import { writeDatabase } from '../../../random/write-database.ts';
import { createLoadBed, type LoadBed } from '../../../support/load-bed.ts';

let bed: LoadBed;
beforeAll(async () => {
  bed = await createLoadBed();
  await makeRoles(bed.source, bed.copy);
});
afterAll(() => bed?.stop());

// Longer, and with other seeds: npm run test:random.
test('databases made of random parts come back whole, and nothing is said to be otherwise', async () => {
  const tried = { databases: 0, statements: 0, refused: 0 };
  await fc.assert(databasesComeBack(bed, tried), { seed: 1, numRuns: 12 });
  expect(tried.databases).toBe(12);
  // What the source refuses is not tried at all.
  expect(tried.refused).toBeLessThan(tried.statements / 10);
});

test('every part makes something, and the same for the same seed', () => {
  const seeds = [1, 2, 3, 4, 5];
  // Parts that build on others find a table with a key, and servers of postgres_fdw their extension.
  const ground = [
    ...seeds.map((seed) => ({ part: 'table', seed })),
    { part: 'functions', seed: 2 },
    ...Array.from({ length: 200 }, (_, seed) => ({ part: 'extension', seed })),
  ];
  for (const part of Object.keys(PARTS).filter((one) => one !== 'extension')) {
    const wishes = [...ground, ...seeds.map((seed) => ({ part, seed }))];
    expect(writeDatabase(wishes)).toEqual(writeDatabase(wishes));
    expect(writeDatabase(wishes).length).toBeGreaterThan(writeDatabase(ground).length);
  }
});
