import { expect, test } from 'vitest';
import { BLOCK_SIZES, BLOCKS_AT_MOST } from '../../../../src/runner/mover/streams/block-sizes.ts';

const MIB = 2 ** 20;
const { bytesOf, atOnce } = BLOCK_SIZES;

function bytesOfFirst(blocks: number): number {
  let bytes = 0;
  for (let nth = 0; nth < blocks; nth += 1) bytes += bytesOf(nth);
  return bytes;
}

test('a blob of more than a tebibyte has no more blocks than it may have', () => {
  // 50,000 of 4 MiB each would be 195 GiB.
  expect(bytesOfFirst(BLOCKS_AT_MOST) / 2 ** 40).toBeGreaterThan(1.1);
  expect(bytesOfFirst(10_000) / 2 ** 30).toBeCloseTo(39.06, 1);
});

test('no block is larger than a store takes, or than a minute is enough for', () => {
  expect([0, 9_999, 10_000, 49_999].map((nth) => bytesOf(nth) / MIB)).toEqual([4, 4, 8, 64]);
});

test('what is on its way of a blob is bounded, whatever its size', () => {
  const all = Array.from({ length: BLOCKS_AT_MOST }, (_, nth) => ({ count: atOnce(nth), bytes: bytesOf(nth) }));
  expect(Math.min(...all.map(({ count }) => count))).toBe(1);
  expect(Math.max(...all.map(({ count, bytes }) => count * bytes))).toBe(64 * MIB);
  expect(atOnce(0)).toBe(4);
});
