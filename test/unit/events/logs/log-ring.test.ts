import { describe, expect, it } from 'vitest';
import { findAnchor } from '../../../../src/events/logs/log-anchor.ts';
import { createLineRing } from '../../../../src/events/logs/log-ring.ts';

const line = (number: number, text = `line ${number}`) => ({ line: number, attempt: 1, at: null, text });
const numbers = (lines: readonly { line: number }[]) => lines.map((each) => each.line);

describe('line ring', () => {
  it('holds the newest lines within its limits and knows from where on it has all', () => {
    const ring = createLineRing({ lines: 3, characters: 1_000 }, 40);
    expect([ring.floor, ring.last, numbers(ring.after(40, 9))]).toEqual([40, 40, []]);
    for (let number = 41; number <= 500; number += 1) ring.push(line(number));
    ring.mark();
    expect([ring.floor, ring.last]).toEqual([497, 500]);
    expect(numbers(ring.after(497, 9))).toEqual([498, 499, 500]);
    expect(numbers(ring.after(498, 1))).toEqual([499]);
    expect(numbers(ring.after(500, 9))).toEqual([]);
    expect(numbers(ring.all())).toEqual([498, 499, 500]);
  });

  it('bounds text as well as lines, but holds at least the newest', () => {
    const ring = createLineRing({ lines: 100, characters: 10 }, 0);
    for (const number of [1, 2, 3]) ring.push(line(number, 'xxxx'));
    expect(numbers(ring.all())).toEqual([2, 3]);
    ring.push(line(4, 'y'.repeat(50)));
    expect(numbers(ring.all())).toEqual([4]);
  });

  it('finds lines whose numbers have gaps', () => {
    const ring = createLineRing({ lines: 10, characters: 1_000 }, 0);
    for (const number of [2, 5, 9]) ring.push(line(number));
    ring.mark();
    expect(numbers(ring.after(2, 9))).toEqual([5, 9]);
    expect(numbers(ring.after(3, 9))).toEqual([5, 9]);
  });
});

describe('the place of one reading in another', () => {
  const reading = ['a', 'b', 'same', 'same', 'c', 'd'].map((text, at) => line(at + 1, text));
  it.each([
    [['c'], 5],
    [['same', 'c'], 5],
    [['a', 'b', 'same'], 3],
    [['before', 'a'], 1],
    [['x', 'c'], null],
    [['nowhere'], null],
    [[], 0],
  ])('of %j is %s', (texts, place) => {
    expect(
      findAnchor(
        reading,
        texts.map((text, at) => line(at + 100, text)),
      ),
    ).toBe(place);
  });

  it('tells lines of the same text apart by their times', () => {
    const at = (seconds: number) => ({ ...line(seconds, 'same'), at: new Date(seconds * 1000) });
    expect(findAnchor([at(1), at(2), at(3)], [at(2)])).toBe(2);
  });

  it('hands on nothing before a mark, and what came after it with the next one', () => {
    const ring = createLineRing({ lines: 100, characters: 1_000 }, 0);
    for (const number of [1, 2]) ring.push(line(number));
    expect(numbers(ring.after(0, 9))).toEqual([]);
    ring.mark();
    ring.push(line(3));
    expect(numbers(ring.after(0, 9))).toEqual([1, 2]);
    expect(numbers(ring.after(2, 9))).toEqual([]);
    ring.mark();
    expect(numbers(ring.after(2, 9))).toEqual([3]);
  });

  it('gives the same list to all who stand at the same line, however many lines come meanwhile', () => {
    const ring = createLineRing({ lines: 1_000, characters: 100_000 }, 0);
    for (let number = 1; number <= 120; number += 1) {
      ring.push(line(number));
      if (number % 20 === 0) ring.mark();
    }
    const list = ring.after(0, 100);
    expect(list.at(-1)?.line).toBe(60);
    ring.push(line(121));
    ring.mark();
    expect(ring.after(0, 100)).toBe(list);
    // More than is handed on together lies before the end.
    expect(numbers(ring.after(40, 5))).toEqual([41, 42, 43, 44, 45]);
    expect(ring.after(100, 50).at(-1)?.line).toBe(120);
    expect(ring.after(120, 50).at(-1)?.line).toBe(121);
  });

  it('has few lists for very many who are late by different times, and each of them every line', () => {
    const ring = createLineRing({ lines: 20_000, characters: 4 << 20 }, 0);
    const lists = new Set<readonly unknown[]>();
    let given = 0;
    const followers = Array.from({ length: 100 }, (_, nth) => ({ cursor: 0, everyTick: 1 + (nth % 23), lines: 0 }));
    const read = (follower: (typeof followers)[number]) => {
      const found = ring.after(follower.cursor, 1_000);
      expect(found[0]?.line ?? follower.cursor + 1).toBe(follower.cursor + 1);
      if (found.length === 0) return false;
      follower.cursor = found.at(-1)?.line ?? 0;
      follower.lines += found.length;
      lists.add(found);
      given += 1;
      return true;
    };
    // 10,000 lines a second, handed on every 25 ms.
    for (let tick = 1; tick <= 800; tick += 1) {
      for (let n = 1; n <= 250; n += 1) ring.push(line((tick - 1) * 250 + n));
      ring.mark();
      for (const follower of followers) {
        // What is gone already is read elsewhere.
        follower.cursor = Math.max(follower.cursor, ring.floor);
        if (tick % follower.everyTick === 0) read(follower);
      }
    }
    for (const follower of followers) while (read(follower));
    for (const follower of followers.filter(({ everyTick }) => everyTick <= 2)) expect(follower.lines).toBe(200_000);
    expect(given).toBeGreaterThan(10_000);
    // Each of the 800 handings, and each block of two from either end of it.
    expect(lists.size).toBeLessThan(2_000);
  });
});
