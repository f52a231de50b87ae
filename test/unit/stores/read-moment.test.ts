import { describe, expect, it } from 'vitest';
import { readMoment } from '../../../src/stores/read-moment.ts';

const FIRST = Date.parse('0100-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

describe('a moment as PostgreSQL writes it', () => {
  it.each([
    '2026-03-01 09:30:00+00',
    '2026-03-01 09:30:00.1+00',
    '2026-03-01 09:30:00.12+00',
    '2026-03-01 09:30:00.123+00',
    '2026-03-01 09:30:00.1239+00',
    '2026-03-01 09:30:00.123999+00',
    '2024-02-29 23:59:59.999999+00',
    '1969-12-31 23:59:59.5+00',
    '0100-01-01 00:00:00+00',
    '9999-12-31 23:59:59.999999+00',
    // None of those that our sessions are given.
    '2026-03-01 09:30:00+02',
    '2026-03-01 09:30:00-03:30',
    '2026-03-01T09:30:00.000Z',
  ])('%s is what it says', (text) => {
    expect(readMoment(text).getTime()).toBe(new Date(text).getTime());
    expect(readMoment(text).getTime()).not.toBeNaN();
  });

  it.each(['infinity', '', '0044-03-15 12:00:00+00 BC'])('%j is to it what it is to the language', (text) => {
    expect(readMoment(text).getTime()).toBe(new Date(text).getTime());
  });

  it('is read to the millisecond at any time of any day', () => {
    let state = 4711;
    for (let nth = 0; nth < 20_000; nth += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const at = FIRST + Math.floor((state / 2 ** 32) * (LAST - FIRST));
      const text = new Date(at).toISOString().replace('T', ' ').replace('Z', '+00');
      if (readMoment(text).getTime() !== at) throw new Error(`${text} is read as ${readMoment(text).toISOString()}`);
    }
  });
});
