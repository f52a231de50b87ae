import { describe, expect, it } from 'vitest';
import { findAnchor } from '../../../src/events/log-anchor.ts';
import { createLineRing } from '../../../src/events/log-ring.ts';

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
    for (let number = 1; number <= 100; number += 1) {
      ring.push(line(number));
      if (number % 20 === 0) ring.mark();
    }
    const list = ring.after(0, 50);
    expect(list.at(-1)?.line).toBe(40);
    ring.push(line(101));
    ring.mark();
    expect(ring.after(0, 50)).toBe(list);
    // More than is handed on together lies between two marks.
    expect(numbers(ring.after(40, 5))).toEqual([41, 42, 43, 44, 45]);
    expect(ring.after(80, 50).at(-1)?.line).toBe(101);
  });
});
