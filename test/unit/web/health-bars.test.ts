import { describe, expect, it } from 'vitest';
import { barsOfChecks, barsOfDay, sayBars, sayChecks, sayDay } from '../../../web/src/pages/instances/health-bars.ts';

const NOW = Date.parse('2026-03-02T12:05:00.000Z');
const period = (from: string, found: { checks: number; healthy: number; slowestMs?: number; message?: string }) => ({
  from,
  slowestMs: null,
  message: null,
  ...found,
});

describe('the chart of a day', () => {
  it('has a bar for each quarter of an hour in its place, the first and the last in part', () => {
    const { bars } = barsOfDay(
      [
        period('2026-03-01T12:00:00.000Z', { checks: 20, healthy: 20, slowestMs: 5 }),
        period('2026-03-02T00:00:00.000Z', { checks: 30, healthy: 29, slowestMs: 20, message: 'It does not run.' }),
        period('2026-03-02T12:00:00.000Z', { checks: 10, healthy: 10, slowestMs: 10 }),
      ],
      NOW,
    );
    const quarter = 1 / 96;
    expect(bars.map(({ tone, share }) => [tone, share])).toEqual([
      ['good', 0.25],
      ['bad', 1],
      ['good', 0.5],
    ]);
    expect(bars.map(({ left }) => left)).toEqual([
      0,
      expect.closeTo(1 - (12 * 60 + 5) / 1440, 9),
      expect.closeTo(1 - 5 / 1440, 9),
    ]);
    expect(bars.map(({ width }) => width)).toEqual([
      expect.closeTo(10 / 1440, 9),
      expect.closeTo(quarter, 9),
      expect.closeTo(5 / 1440, 9),
    ]);
    expect(bars[1]?.says).toMatch(/: 29 of 30 checks healthy: .*It does not run\./);
    expect(barsOfDay([period('2026-03-01T11:00:00.000Z', { checks: 1, healthy: 1 })], NOW).bars).toEqual([]);
  });

  it('keeps usual answers apart where one was far too late, which is beyond the scale', () => {
    const usual = Array.from({ length: 40 }, (_, index) =>
      period(new Date(NOW - (41 - index) * 900_000).toISOString(), {
        checks: 30,
        healthy: 30,
        slowestMs: 4 + (index % 2),
      }),
    );
    const late = period('2026-03-02T11:45:00.000Z', { checks: 30, healthy: 30, slowestMs: 400 });
    const { topMs, bars } = barsOfDay([...usual, late], NOW);
    expect(topMs).toBe(8);
    expect(bars.at(-1)?.share).toBe(50);
    expect(sayBars(bars)).toBe('A bar that is cut through is beyond the scale.');
    expect(sayBars(bars.slice(0, -1))).toBe('');
  });

  it('is said in words, and a part of all checks never as all of them', () => {
    const day = { checks: 2880, healthy: 2879, latencyMs: 4, slowestMs: 30 };
    expect(sayDay(day)).toBe('99.9 % of 2,880 checks were healthy; an answer usually took 4 ms, 30 ms at most.');
    expect(sayDay({ ...day, healthy: 2880 })).toMatch(/^All of 2,880 checks were healthy; /);
    expect(sayDay({ checks: 3, healthy: 0, latencyMs: null, slowestMs: null })).toBe('0.0 % of 3 checks were healthy.');
  });
});

describe('the chart of few checks', () => {
  const check = (at: string, latencyMs: number | null) => ({
    at,
    latencyMs,
    message: latencyMs === null ? 'It does not run.' : null,
    status: latencyMs === null ? ('UNHEALTHY' as const) : ('HEALTHY' as const),
  });
  const checks = [check('2026-03-02T12:00:30.000Z', 8), check('2026-03-02T12:00:00.000Z', null)];

  it('has a bar for each, the newest at the right', () => {
    expect(barsOfChecks(checks).bars.map(({ tone, left, share }) => [tone, left * 48, share])).toEqual([
      ['good', 47, 1],
      ['bad', 46, 0],
    ]);
    expect(barsOfChecks(checks).topMs).toBe(8);
    expect(sayChecks(checks)).toBe('50.0 % of 2 checks were healthy; an answer usually took 8 ms, 8 ms at most.');
  });
});
