import { describe, expect, it } from 'vitest';
import { durationTicks, momentTicks } from '../../../web/src/format/ticks.ts';

const names = (ticks: readonly { readonly name: string }[]) => ticks.map(({ name }) => name);
const local = (...at: [number, number, number, number?]) => new Date(...at).getTime();
const DAY = 86_400_000;

describe('durationTicks', () => {
  it('names round durations from 0 on, and leaves room for the end', () => {
    expect(names(durationTicks(1_783, 5))).toEqual(['0', '500 ms', '1.0 s']);
    expect(names(durationTicks(1_783, 2))).toEqual(['0', '1.0 s']);
    expect(names(durationTicks(250_000, 5))).toEqual(['0', '1 min', '2 min', '3 min']);
    expect(durationTicks(1_000, 4)[1]).toEqual({ at: 0.5, name: '500 ms' });
  });

  it('stays short, however long it took', () => {
    for (const whole of [1, 37, 5_000, 3600_000, 9 * DAY, 900 * DAY]) {
      for (const most of [1, 3, 6]) {
        expect(durationTicks(whole, most).length, `${whole} by ${most}`).toBeLessThanOrEqual(most + 1);
      }
    }
  });
});

describe('momentTicks', () => {
  const from = local(2026, 10, 2, 1);

  it('names days where days have passed, as many as there is room for', () => {
    const to = local(2026, 10, 30, 13);
    expect(names(momentTicks(from, to, 70))).toEqual(['9 Nov', '16 Nov', '23 Nov']);
    expect(names(momentTicks(from, to, 18))).toEqual(['16 Nov']);
    expect(momentTicks(local(2026, 10, 2), local(2026, 10, 30), 70)[1]).toEqual({ at: 0.25, name: '9 Nov' });
  });

  it('names times of a day where hours have passed, and months where years have', () => {
    expect(names(momentTicks(from, local(2026, 10, 2, 7), 50))).toEqual([
      '2 Nov, 02:00',
      '2 Nov, 04:00',
      '2 Nov, 06:00',
    ]);
    expect(names(momentTicks(from, local(2027, 10, 30), 40))).toEqual(['1 Feb', '1 May', '1 Aug']);
  });

  it('names none where there is no room for one', () => {
    expect(momentTicks(from, local(2026, 10, 30), 2)).toEqual([]);
  });
});
