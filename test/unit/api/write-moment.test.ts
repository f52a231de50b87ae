import { describe, expect, it } from 'vitest';
import { writeMoment } from '../../../src/api/execution/write-moment.ts';

const LAST = Date.parse('9999-12-31T23:59:59.999Z');

describe('a moment in an answer', () => {
  it.each([0, 1, -1, 86_399_999, 86_400_000, LAST, LAST + 1, Date.parse('0001-01-01T00:00:00Z')])(
    'of %d is as toISOString writes it',
    (at) => {
      expect(writeMoment(new Date(at))).toBe(new Date(at).toISOString());
    },
  );

  it('is so at any time of any day, in any order', () => {
    let state = 42;
    for (let nth = 0; nth < 20_000; nth += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      // Every other one is of the same day as the one before.
      const at = Math.floor((state / 2 ** 32) * (nth % 2 === 0 ? LAST : 86_400_000));
      expect(writeMoment(new Date(at))).toBe(new Date(at).toISOString());
    }
  });

  it('that is none is a fault', () => {
    expect(() => writeMoment(new Date(Number.NaN))).toThrow(RangeError);
  });
});
