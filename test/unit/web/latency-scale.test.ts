import { expect, it } from 'vitest';
import { topOfScale } from '../../../web/src/pages/instances/latency-scale.ts';

it('is a round number above all answers, with a round half', () => {
  expect(topOfScale([])).toBe(2);
  expect(topOfScale([0.4])).toBe(2);
  expect(topOfScale([3])).toBe(4);
  expect(topOfScale([11, 12, 17])).toBe(20);
  expect(topOfScale([900, 990])).toBe(1000);
});

it('is not what one in ten answers needed that came far later than the others', () => {
  const usual = Array.from({ length: 30 }, () => 4);
  expect(topOfScale([...usual, 250])).toBe(6);
  expect(topOfScale([...usual, 7])).toBe(8);
});
