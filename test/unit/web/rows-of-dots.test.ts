import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsBeside, rowsOfDots } from '../../../web/src/pages/instances/rows-of-dots.ts';

describe('rowsOfDots', () => {
  it('leaves those on the line that have room beside each other', () => {
    expect(rowsOfDots([0, 20, 40].map((at) => ({ at, size: 12 })))).toEqual([0, 0, 0]);
  });

  it('puts those without room above and below it, and goes back to the line as soon as there is room', () => {
    const rows = rowsOfDots([0, 9, 18, 27, 60].map((at) => ({ at, size: 16 })));
    expect(rows).toEqual([0, -1, 1, 0, 0]);
    expect(rowsBeside(rows)).toBe(1);
  });

  it('lets none of a month of nights lie upon another, however large they are', () => {
    const nights = fc.array(fc.integer({ min: 10, max: 28 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(nights, (sizes) => {
        const dots = sizes.map((size, night) => ({ at: 9 * night, size }));
        const rows = rowsOfDots(dots);
        for (const row of new Set(rows)) {
          const beside = dots.filter((_, index) => rows[index] === row);
          beside.slice(1).forEach((dot, index) => {
            const before = beside[index];
            expect(dot.at - dot.size / 2).toBeGreaterThan((before?.at ?? 0) + (before?.size ?? 0) / 2);
          });
        }
      }),
    );
  });

  it('has no dot to place where there is none, and a row for each where there are too many', () => {
    expect(rowsBeside(rowsOfDots([]))).toBe(0);
    expect(rowsOfDots(Array.from({ length: 40 }, (_, at) => ({ at, size: 12 })))).toHaveLength(40);
  });
});
