import { expect, test } from 'vitest';
import { createAllowance } from '../../../../src/runner/dump/hold-to-rate.ts';

test('who writes as fast as is allowed is never held, however late it is looked at', () => {
  const isSpent = createAllowance(1000);
  expect(isSpent(0, 0)).toBe(false);
  expect(isSpent(100, 100)).toBe(false);
  expect(isSpent(5000, 5000)).toBe(false);
  expect(isSpent(5300, 5000)).toBe(false);
  expect(isSpent(5301, 5000)).toBe(true);
});

test('who is ahead is held until the time of what was written has passed', () => {
  const isSpent = createAllowance(1000);
  expect(isSpent(2300, 0)).toBe(true);
  expect(isSpent(2300, 1999)).toBe(true);
  expect(isSpent(2300, 2000)).toBe(false);
});

test('a minute in which nothing was written lets no minute of bytes through at once', () => {
  const isSpent = createAllowance(1000);
  expect(isSpent(0, 0)).toBe(false);
  expect(isSpent(0, 60_000)).toBe(false);
  expect(isSpent(301, 60_000)).toBe(true);
});

test('bytes that go from one counter to another are counted once', () => {
  const isSpent = createAllowance(1000);
  expect(isSpent(300, 0)).toBe(false);
  expect(isSpent(100, 0)).toBe(false);
  expect(isSpent(300, 0)).toBe(false);
  expect(isSpent(301, 0)).toBe(true);
});
